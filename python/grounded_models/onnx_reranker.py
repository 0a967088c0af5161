# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A cross-encoder as ONNX: reads query and passage together and gives one logit."""

import json
from pathlib import Path

import numpy as np

from .model_folder import ModelFolder
from .onnx_model import OnnxModel


class OnnxReranker:
    """Scores one pair at a time, so a score does not depend on the other passages; calls from several threads run side by side.

    ``model_dir`` is a folder that ``grounded_models.export`` wrote from a cross-encoder. A pair that is too long is cut at the
    passage's end; a query may take half of the room at most.
    """

    def __init__(self, model_dir: str, precision: str = "fp32", threads: int = 1):
        folder = ModelFolder(Path(model_dir), precision)
        self._model = OnnxModel(folder, threads)
        if "logits" not in self._model.outputs:
            raise ValueError(
                f"{model_dir} is no cross-encoder (it has no output logits); rerank with an encoder through LateInteractionReranker"
            )
        self._limit = folder.maximum_tokens
        self._queries = self._model.truncating(self._limit // 2)
        self._pairs = self._model.truncating(self._limit, "only_second")
        self._info = json.dumps(
            {"model": folder.name, "fingerprint": folder.fingerprint(), "precision": folder.precision, "maximum_tokens": self._limit}
        )

    def scores(self, query: str, passages: list[str]) -> np.ndarray:
        """One logit per passage, higher is better."""
        query = self._fitting(query)
        scores = np.empty(len(passages), dtype=np.float32)
        for row, passage in enumerate(passages):
            pair = self._pairs.encode_batch_fast([(query, passage)])[0]
            scores[row] = self._model.run("logits", pair.ids, pair.type_ids).reshape(-1)[0]
        return scores

    def info(self) -> str:
        """What decides the scores, as a JSON object."""
        return self._info

    def _fitting(self, query: str) -> str:
        encoding = self._queries.encode_batch([query], add_special_tokens=False)[0]
        return query[: encoding.offsets[-1][1]] if encoding.overflowing else query
