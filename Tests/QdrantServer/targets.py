# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The servers that a test runs against: the test server always, and the real one that QDRANT_URL names as well."""

import os
import sys
import unittest
import uuid

import qdrant_client

from running import QdrantServer

REAL_URL = os.environ.get("QDRANT_URL")


class OnServer(unittest.TestCase):
    """A class of tests that share a server and a client. Collections made by `collection` are removed after the test."""

    real = False

    @classmethod
    def setUpClass(cls):
        cls.server = None if cls.real else QdrantServer()
        if cls.real:
            print(f"{cls.__name__}: against the server at {REAL_URL}", file=sys.stderr)
        cls.url = REAL_URL if cls.real else cls.server.url
        cls.client = cls.new_client()

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        if cls.server:
            cls.server.close()

    @classmethod
    def new_client(cls):
        key = os.environ.get("QDRANT_API_KEY") if cls.real else None
        return qdrant_client.QdrantClient(url=cls.url, api_key=key, timeout=60)

    def collection(self, vectors=None, sparse=None, **settings):
        """A new collection's name."""
        name = f"test-{uuid.uuid4().hex}"
        self.client.create_collection(name, vectors_config=vectors or {}, sparse_vectors_config=sparse, **settings)
        self.addCleanup(self.client.delete_collection, name)
        return name


def on_every_server(case):
    """Adds a second class, for the real server, to the module of a class of tests."""
    if REAL_URL:
        name = f"{case.__name__}OnRealServer"
        setattr(sys.modules[case.__module__], name, type(name, (case,), {"real": True, "__module__": case.__module__}))
    return case
