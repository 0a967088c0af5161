# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A cross-encoder on torch, through sentence-transformers. An optional extra."""

import json
import threading
from pathlib import Path

import numpy as np

from .torch_models import batch_size_for, fingerprint, import_sentence_transformers, loading_options


class SentenceTransformersReranker:
    """A cross-encoder by folder or hub name; its scores are logits, whatever activation the model's own settings ask for.

    A pair that is too long is cut, the longer side first, as ``CrossEncoder`` does: beside a question that is the passage's end.
    """

    def __init__(self, model: str, device: str = "cpu"):
        library = import_sentence_transformers()
        import torch

        self._model = library.CrossEncoder(model, activation_fn=torch.nn.Identity(), **loading_options(device))
        self._model.eval()
        labels = self._model.num_labels
        if labels != 1:
            raise ValueError(f"{model} has {labels} labels; a reranker has one. A classifier of several classes cannot rank passages")
        self._batch_size = batch_size_for(device, None)
        # transformers changes the tokenizer's settings with every call.
        self._lock = threading.Lock()
        self._info = json.dumps(
            {
                "model": Path(model).name,
                "fingerprint": fingerprint(self._model, self._model.tokenizer),
                "batch_size": self._batch_size,
            }
        )

    def scores(self, query: str, passages: list[str]) -> np.ndarray:
        """One logit per passage, higher is better."""
        if not passages:
            return np.empty(0, dtype=np.float32)
        pairs = [(query, passage) for passage in passages]
        with self._lock:
            scores = self._model.predict(pairs, batch_size=self._batch_size, show_progress_bar=False, convert_to_numpy=True)
        return np.ascontiguousarray(scores, dtype=np.float32).reshape(-1)

    def info(self) -> str:
        """What decides the scores, as a JSON object."""
        return self._info
