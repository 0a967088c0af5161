# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Batches: an embedder whose device gains from several texts at once says so, and gets them.

    PYTHONPATH=examples/python-integration EMBEDDING_BACKEND=python:batching:BatchingEmbedder grounded serve
    python examples/python-integration/batching.py

The model is two dense layers above ``HashingEmbedder``. One text alone must read all their weights for one row; 32 texts read them
once for 32 rows. A model for a GPU has the same shape. Most models on a CPU gain little and lose to padding, which is why a model that
does not mention ``batch_size`` gets one text per call and the calls run side by side.
"""

import json
import os
import time

if __name__ == "__main__":
    # The server calls from several threads, so that one thread per product is best; for the numbers below the same is set.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from custom_embedder import HashingEmbedder, fingerprint

_HIDDEN = 8_192


class BatchingEmbedder(HashingEmbedder):
    """A text's vector must not depend on its neighbours in the batch: a matrix product sees to that but for the last bit."""

    def __init__(self, batch_size: int = 32, seed: int = 7):
        super().__init__()
        generator = np.random.default_rng(seed)
        inputs = self._dimension
        self._first = generator.standard_normal((inputs, _HIDDEN), dtype=np.float32) / np.float32(inputs**0.5)
        self._second = generator.standard_normal((_HIDDEN, inputs), dtype=np.float32) / np.float32(_HIDDEN**0.5)
        self._info |= {
            "model": "batching-example",
            "fingerprint": fingerprint(__file__, {"base": self._info["fingerprint"], "seed": seed, "hidden": _HIDDEN}),
            # The most texts that the server puts into one call; there may be fewer. A lone query never waits for others; documents come in
            # groups of at most as many.
            "batch_size": batch_size,
        }

    def embed(self, texts: list[str], role: str) -> np.ndarray:
        # numpy gives the interpreter's lock up inside of the products, so other calls proceed.
        hidden = np.tanh(super().embed(texts, role) @ self._first)
        matrix = hidden @ self._second
        matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
        return matrix


def main() -> None:
    model = BatchingEmbedder()
    words = "lighthouse keeper harbour waste council island tariff ferry winter storm clinic school".split()
    generator = np.random.default_rng(1)
    texts = [" ".join(generator.choice(words, 8)) for _ in range(256)]
    alone = model.embed(texts[:1], "passage")[0]
    among = model.embed(texts[:32], "passage")[0]
    print(f"largest difference between a text alone and in a batch: {np.abs(alone - among).max():.1e}")
    print("batch  texts/s")
    for size in (1, 2, 4, 8, 16, 32):
        groups = [texts[start : start + size] for start in range(0, len(texts), size)]
        fastest = min(_seconds(model, groups) for _ in range(3))
        print(f"{size:5}  {len(texts) / fastest:7.0f}")


def _seconds(model: BatchingEmbedder, groups: list[list[str]]) -> float:
    start = time.perf_counter()
    for group in groups:
        model.embed(group, "passage")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
