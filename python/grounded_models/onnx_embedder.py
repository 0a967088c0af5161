# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Sentence embeddings from an ONNX model and a Hugging Face tokenizer, without torch."""

import json
from pathlib import Path

import numpy as np

from .model_folder import ModelFolder
from .onnx_model import OnnxModel
from .spans import byte_spans


class OnnxEmbedder:
    """Embeds each text alone, so a text's vector does not depend on its neighbours.

    ``model_dir`` is a folder that ``grounded_models.export`` wrote, or a sentence-transformers folder with ``onnx/model.onnx``.
    ``precision`` chooses between ``model_int8.onnx`` and ``model.onnx``; where there is no int8 file the other one serves, and
    ``info`` says so. ``threads`` is how many threads one run of the model uses; calls from several threads run side by side.
    """

    def __init__(self, model_dir: str, precision: str = "int8", threads: int = 1):
        self._folder = folder = ModelFolder(Path(model_dir), precision)
        self._model = OnnxModel(folder, threads)
        self._tokenizer = self._model.tokenizer
        self._prefixes = {"query": folder.query_prefix, "passage": folder.passage_prefix}
        outputs = self._model.outputs
        if "logits" in outputs:
            raise ValueError(f"{model_dir} is a cross-encoder: it scores pairs and cannot embed; use it as a reranker")
        self._output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]
        self._dimension = int(self._vector(self._model.ids("a")).shape[0])
        self._info = self._describe()

    def embed(self, texts: list[str], role: str) -> np.ndarray:
        """One row of length 1 per text, prefix of the role included; a text that is too long is an error, never cut."""
        prefix = self._prefixes[role]
        matrix = np.empty((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = self._model.ids(prefix + text if prefix else text)
            if len(ids) > self._folder.maximum_tokens:
                raise ValueError(
                    f"text {row} has {len(ids)} tokens, special tokens included; the model takes {self._folder.maximum_tokens}"
                )
            vector = self._vector(ids)
            matrix[row] = vector / max(float(np.sqrt(np.dot(vector, vector))), 1e-12)
        return matrix

    def token_spans(self, texts: list[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each text the first byte and the byte after the last of each token, special tokens left out, nothing cut."""
        encodings = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        return [byte_spans(text, encoding.offsets) for text, encoding in zip(texts, encodings)]

    def info(self) -> str:
        """What decides the meaning of the vectors, as a JSON object."""
        return self._info

    def _vector(self, ids: list[int]) -> np.ndarray:
        output = self._model.run(self._output, ids)
        if output.ndim == 1:
            return output
        if self._folder.pooling == "cls":
            return output[0]
        if self._folder.pooling == "last":
            return output[-1]
        return output.mean(axis=0, dtype=np.float32)

    def _describe(self) -> str:
        return json.dumps(
            {
                "model": self._folder.name,
                "fingerprint": self._folder.fingerprint(),
                "dimension": self._dimension,
                "pooling": self._folder.pooling,
                "query_prefix": self._folder.query_prefix,
                "passage_prefix": self._folder.passage_prefix,
                "precision": self._folder.precision,
                "maximum_tokens": self._folder.maximum_tokens,
            }
        )
