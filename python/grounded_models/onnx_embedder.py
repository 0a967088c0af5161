# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Sentence embeddings from an ONNX model and a Hugging Face tokenizer, without torch."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np

# The server brings its own threads; the tokenizer's would only compete with them. Read when the library is first used.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import onnxruntime  # noqa: E402
import tokenizers  # noqa: E402

from .model_folder import ModelFolder  # noqa: E402
from .spans import byte_spans  # noqa: E402

_NUMBER_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class OnnxEmbedder:
    """Embeds each text alone, so a text's vector does not depend on its neighbours.

    ``model_dir`` is a folder with ``model.onnx``, ``tokenizer.json`` and ``grounded.json``, or a sentence-transformers folder with
    ``onnx/model.onnx``. ``threads`` is how many threads one run of the model uses; calls from several threads run side by side.
    """

    def __init__(self, model_dir: str, threads: int = 1):
        self._folder = folder = ModelFolder(Path(model_dir))
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder.tokenizer_file))
        # A tokenizer file may carry settings of its training that would cut texts silently.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._prefixes = {"query": folder.query_prefix, "passage": folder.passage_prefix}

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder.weights_file), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {i.name: _NUMBER_TYPES[i.type] for i in self._session.get_inputs()}
        outputs = [o.name for o in self._session.get_outputs()]
        self._output = "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]
        self._dimension = int(self._vector(self._tokenizer.encode("a").ids).shape[0])
        self._info = self._describe()

    def embed(self, texts: list[str], role: str) -> np.ndarray:
        """One row of length 1 per text, prefix of the role included; a text that is too long is an error, never cut."""
        prefix = self._prefixes[role]
        matrix = np.empty((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            # encode_batch gives the GIL up while it works, encode does not.
            ids = self._tokenizer.encode_batch([prefix + text])[0].ids
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
        feeds = {}
        for name, number_type in self._inputs.items():
            if name == "input_ids":
                feeds[name] = np.array([ids], dtype=number_type)
            elif name == "attention_mask":
                feeds[name] = np.ones((1, len(ids)), dtype=number_type)
            else:
                feeds[name] = np.zeros((1, len(ids)), dtype=number_type)
        output = self._session.run([self._output], feeds)[0][0]
        if output.ndim == 1:
            return output
        if self._folder.pooling == "cls":
            return output[0]
        if self._folder.pooling == "last":
            return output[-1]
        return output.mean(axis=0, dtype=np.float32)

    def _describe(self) -> str:
        digest = hashlib.sha256()
        for file in (self._folder.weights_file, self._folder.external_weights_file, self._folder.tokenizer_file):
            if file.exists():
                digest.update(file.read_bytes())
        return json.dumps(
            {
                "model": self._folder.name,
                "fingerprint": digest.hexdigest(),
                "dimension": self._dimension,
                "pooling": self._folder.pooling,
                "query_prefix": self._folder.query_prefix,
                "passage_prefix": self._folder.passage_prefix,
                "precision": self._folder.precision,
                "maximum_tokens": self._folder.maximum_tokens,
            }
        )
