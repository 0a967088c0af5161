# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""All collections of a server, under one folder."""

import os
import shutil
import urllib.parse
import uuid

from facade.collection import Collection
from facade.errors import Refusal, malformed, not_found

_MAKING = "making-"
_REMOVING = "removing-"
_FORBIDDEN = frozenset('<>:"/\\|?*\0\x1f')
_LONGEST_NAME = 255


class Catalogue:
    """A collection appears and disappears by one rename, so a kill leaves it whole or not there."""

    def __init__(self, folder):
        self._folder = os.path.join(folder, "collections")
        self._pending = os.path.join(folder, "pending")
        shutil.rmtree(self._pending, ignore_errors=True)
        os.makedirs(self._folder, exist_ok=True)
        os.makedirs(self._pending)
        self._collections = {}
        for entry in sorted(os.listdir(self._folder)):
            self._collections[urllib.parse.unquote(entry)] = Collection(os.path.join(self._folder, entry))

    def __iter__(self):
        return iter(self._collections.values())

    def __contains__(self, name):
        return name in self._collections

    def names(self):
        return list(self._collections)

    def __getitem__(self, name):
        found = self._collections.get(name)
        if found is None:
            raise not_found(f"Collection `{name}` doesn't exist!")
        return found

    def create(self, name, body):
        if not 1 <= len(name.encode()) <= _LONGEST_NAME or _FORBIDDEN.intersection(name):
            raise malformed(f"collection name {name!r} is empty, too long or has a forbidden character")
        if name in self._collections:
            raise Refusal(409, f"Wrong input: Collection `{name}` already exists!")
        making = os.path.join(self._pending, _MAKING + uuid.uuid4().hex)
        folder = os.path.join(self._folder, urllib.parse.quote(name, safe="").replace(".", "%2E"))
        try:
            Collection.create(making, body)
            os.rename(making, folder)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        self._collections[name] = Collection(folder)

    def remove(self, name):
        """Whether there was such a collection."""
        found = self._collections.pop(name, None)
        if found is None:
            return False
        removing = os.path.join(self._pending, _REMOVING + uuid.uuid4().hex)
        found.shard.close()
        os.rename(found.folder, removing)
        shutil.rmtree(removing, ignore_errors=True)
        return True

    def close(self):
        for collection in self:
            collection.close()
