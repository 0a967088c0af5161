# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The crash harness's quick embedder, made slow for passages, so that there is time to stop a server that works."""

import time

from crash_embedder import HashEmbedder

SECONDS = 0.25


class SlowEmbedder(HashEmbedder):
    def embed(self, texts, role):
        if "passage" in str(role):
            time.sleep(SECONDS)
        return super().embed(texts, role)
