# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Models that misbehave on command, for the tests of the bridge."""

import ctypes
import json
import os
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
            case "loop":
                while True:
                    pass
            case "segfault":
                ctypes.string_at(8)
            case "die":
                os._exit(9)
            case "noise":
                print("a model that writes to its standard output")
            case "blurt":
                # Writes into the socket of the protocol.
                os.write(3, b"\xff" * 64)
            case "announce":
                # Says that it sends four gigabytes.
                os.write(3, b"\xff\xff\xff\xff\x02")
            case "fail":
                raise RuntimeError("deliberate")
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


class FaultyReranker:
    """Scores a passage by the words that it shares with the query; a query may command otherwise."""

    def __init__(self, batch_size: int = 1):
        self._batch_size = batch_size

    def info(self):
        return json.dumps({"model": "faulty-reranker", "fingerprint": "1", "batch_size": self._batch_size})

    def scores(self, query, passages):
        if len(passages) > self._batch_size:
            raise RuntimeError("too many passages at once")
        match query.split(" ")[0]:
            case "raise":
                raise RuntimeError("deliberate")
            case "sleep":
                time.sleep(float(query.split(" ")[1]))
            case "nan":
                return np.full(len(passages), np.nan, np.float32)
            case "few":
                return np.zeros(len(passages) - 1, np.float32)
            case "matrix":
                return np.zeros((len(passages), 1), np.float32)
            case "double":
                return np.zeros(len(passages), np.float64)
        words = set(query.split(" "))
        return np.array([len(words & set(passage.split(" "))) for passage in passages], np.float32)


class FaultyGenerator:
    """Answers with the words of the user's text; the first may command otherwise. ``closed`` counts answers that were ended early."""

    closed = 0

    def info(self):
        return json.dumps({"model": "faulty-generator"})

    def generate(self, system, user, options):
        words = user.split(" ")
        match words[0]:
            case "raise":
                yield "before "
                raise RuntimeError("deliberate")
            case "forever":
                try:
                    while True:
                        time.sleep(0.01)
                        yield "on "
                finally:
                    FaultyGenerator.closed += 1
            case "stuck":
                yield "stuck"
                time.sleep(60)
            case "closed":
                yield str(FaultyGenerator.closed)
                return
            case "process":
                yield str(os.getpid())
                return
            case "die":
                yield "dying"
                time.sleep(0.2)
                os._exit(9)
            case "number":
                yield 7
            case "options":
                yield json.dumps(options)
                return
            case "slow":
                time.sleep(0.5)
        yield system
        for word in words:
            yield " " + word
        yield {"reason": "length", "prompt_tokens": 3, "completion_tokens": len(words)}


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

    def descriptors(self):
        """What this process has open, without what the question itself opens."""
        return json.dumps(sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")))

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
