# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What the bridge is measured against: the same model called by plain Python, and a model that does nothing."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from grounded_models import load


class Nothing:
    """Returns the same vector for whatever it is given."""

    _row = np.full((1, 384), 384**-0.5, np.float32)

    def embed(self, texts, role):
        return self._row

    def token_spans(self, texts):
        raise NotImplementedError

    def info(self):
        return json.dumps(
            {
                "model": "nothing",
                "fingerprint": "0",
                "dimension": 384,
                "pooling": "mean",
                "precision": "fp32",
                "maximum_tokens": 256,
            }
        )


class Peer:
    """The model without the bridge."""

    def __init__(self, spec, options):
        self._spec = spec
        self._options = options
        self._models = {}

    def _model(self, threads):
        if threads not in self._models:
            self._models[threads] = load(self._spec, json.dumps({**self._options, "threads": threads}))
        return self._models[threads]

    def seconds(self, texts_json):
        """How long one call with all the texts takes."""
        texts = json.loads(texts_json)
        model = self._model(1)
        start = time.perf_counter()
        model.embed(texts, "passage")
        return str(time.perf_counter() - start)

    def rate(self, arrangement_json, texts_json):
        """Texts per second with ``[callers, texts per call, threads of the model]``."""
        callers, batch, threads = json.loads(arrangement_json)
        texts = json.loads(texts_json)
        model = self._model(threads)
        parts = [texts[start : start + batch] for start in range(0, len(texts), batch)]
        with ThreadPoolExecutor(callers) as pool:
            list(pool.map(lambda part: None, range(callers)))
            start = time.perf_counter()
            for _ in pool.map(lambda part: model.embed(part, "passage"), parts):
                pass
            return str(len(texts) / (time.perf_counter() - start))
