# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Isolation: a model with every fault that a model can have, to be run in worker processes.

    examples/python-integration/isolation.sh

shows it. With PYTHON_WORKERS=0 the model runs inside the server: an exception still costs one request, but a crash ends the server, and
a hang makes it unready and then ends it with status 70. With PYTHON_WORKERS=2 a crash or a hang costs the one request that met it; its
worker is started afresh and the other one goes on meanwhile.
"""

import ctypes
import time

from custom_embedder import HashingEmbedder


class FaultyEmbedder(HashingEmbedder):
    """``HashingEmbedder``, but for texts that hold one of four words."""

    def embed(self, texts: list[str], role: str):
        for text in texts:
            if "raiseanerror" in text:
                raise RuntimeError(f"told to fail by {text!r}")
            if "crashtheprocess" in text:
                ctypes.string_at(0)  # reads address 0, as a faulty extension module does
            if "hangforever" in text:
                time.sleep(1_000_000)
            if "loopforever" in text:
                while True:  # never gives the interpreter's lock up for long
                    pass
        return super().embed(texts, role)
