# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""An embedder that misbehaves on command, for the tests of the bridge."""

import json
import signal  # noqa: F401  (its first import is what replaces the handler of SIGINT)
import threading
import time

import numpy as np

_MEETING = threading.Barrier(2)


class FaultyEmbedder:
    """Does what the first word of a text says; any other text becomes a unit vector."""

    def __init__(self, dimension: int = 4):
        self._dimension = dimension

    def embed(self, texts, role):
        return self._obey(texts[0].split(" "), len(texts))

    def token_spans(self, texts):
        spans = []
        for text in texts:
            if text == "raise":
                raise RuntimeError("deliberate")
            size = len(text.encode("utf-8")) + (text == "outside")
            spans.append((np.array([0], np.int32), np.array([size], np.int64 if text == "wide" else np.int32)))
        return spans

    def info(self):
        return json.dumps(
            {
                "model": "faulty",
                "fingerprint": "0",
                "dimension": self._dimension,
                "pooling": "mean",
                "precision": "fp32",
                "maximum_tokens": 16,
            }
        )

    def _obey(self, words, rows):
        match words[0]:
            case "raise":
                raise ValueError("deliberate é")
            case "exit":
                raise SystemExit(3)
            case "interrupt":
                raise KeyboardInterrupt
            case "surrogate":
                raise LookupError("\udc80")
            case "sleep":
                time.sleep(float(words[1]))
            case "meet":
                _MEETING.wait(timeout=60)
            case "none":
                return None
            case "double":
                return np.ones((rows, self._dimension), np.float64)
            case "flat":
                return np.ones(self._dimension, np.float32)
            case "strided":
                return np.ones((rows, 2 * self._dimension), np.float32)[:, ::2]
            case "wide":
                return np.ones((rows, self._dimension + 1), np.float32)
            case "nan":
                return np.full((rows, self._dimension), np.nan, np.float32)
        return np.full((rows, self._dimension), self._dimension**-0.5, np.float32)


class Unfinished:
    """Has no methods at all."""


class Probe:
    """Answers questions about the interpreter that it runs in."""

    def echo(self, text):
        return text

    def number(self):
        return 7

    def nothing(self, texts, role):
        return self._nothing

    _nothing = np.zeros((1, 384), np.float32)

    def origins(self):
        """Where the packages that matter were imported from."""
        import onnxruntime
        import tokenizers

        return json.dumps([np.__file__, onnxruntime.__file__, tokenizers.__file__])

    def seconds(self, model_dir, texts_json):
        """How long plain Python takes to embed texts one by one."""
        from grounded_models.onnx_embedder import OnnxEmbedder

        if not hasattr(self, "_model"):
            self._model = OnnxEmbedder(model_dir)
        texts = json.loads(texts_json)
        start = time.perf_counter()
        for text in texts:
            self._model.embed([text], "passage")
        return str(time.perf_counter() - start)
