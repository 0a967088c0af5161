"""A quick embedder for the crash harness: hashed words, so that the disk and not the model is what is under test."""

import hashlib
import json
import re

import numpy as np

DIMENSION = 64
_WORD = re.compile(rb"\S+")


class HashEmbedder:
    def __init__(self, options_json="{}", **_):
        self._cache = {}

    def info(self):
        return json.dumps(
            {
                "model": "crash-hash",
                "fingerprint": "1",
                "dimension": DIMENSION,
                "pooling": "mean",
                "query_prefix": "",
                "passage_prefix": "",
                "precision": "fp32",
                "maximum_tokens": 256,
            }
        )

    def _word(self, word):
        vector = self._cache.get(word)
        if vector is None:
            seed = int.from_bytes(hashlib.blake2b(word, digest_size=8).digest(), "little")
            vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
            if len(self._cache) < 50_000:
                self._cache[word] = vector
        return vector

    def embed(self, texts, role):
        rows = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for match in _WORD.finditer(text.encode("utf-8")):
                rows[row] += self._word(match.group())
            norm = float(np.linalg.norm(rows[row]))
            rows[row] = rows[row] / norm if norm > 0 else np.eye(1, DIMENSION, dtype=np.float32)[0]
        return rows

    def token_spans(self, texts):
        starts, ends, counts = [], [], []
        for text in texts:
            spans = [match.span() for match in _WORD.finditer(text.encode("utf-8"))]
            starts.append(np.array([span[0] for span in spans], dtype=np.int32))
            ends.append(np.array([span[1] for span in spans], dtype=np.int32))
        return list(zip(starts, ends))
