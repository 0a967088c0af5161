# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Sentence embeddings from any sentence-transformers model, on torch. An optional extra."""

import json
from pathlib import Path

import numpy as np

from .prefixes import known_prefixes
from .spans import byte_spans
from .torch_models import SharedTokenizer, as_float32, batch_size_for, fingerprint, import_sentence_transformers, loading_options


class SentenceTransformersEmbedder:
    """A model folder or a hub name, on ``device`` (cpu, cuda, mps).

    On a CPU each text runs alone unless ``batch_size`` says otherwise; on a GPU 32 run together, which changes a vector by rounding
    only. A text that is too long is an error, never cut. Code and pickled weights of a downloaded model are refused.
    """

    def __init__(self, model: str, device: str = "cpu", batch_size: int | None = None):
        library = import_sentence_transformers()
        self._model = library.SentenceTransformer(model, **loading_options(device))
        self._model.eval()
        self._device, self._batch_size = device, batch_size_for(device, batch_size)
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise ValueError(f"{model} has no tokenizer.json; the byte ranges of tokens come only from such a tokenizer")
        self._tokenizer = SharedTokenizer(tokenizer)
        self._features = getattr(self._model, "preprocess", None) or self._model.tokenize
        self._maximum_tokens = self._model.max_seq_length
        if not self._maximum_tokens:
            raise ValueError(f"{model}: how many tokens it takes is not known; say max_seq_length in sentence_bert_config.json")
        settings = _settings(model)
        self._name = settings.get("name") or Path(model).name
        self._prefixes = _prefixes(settings, self._model, self._name)
        self._dimension = int(self._run(["a"]).shape[1])
        self._info = json.dumps(
            {
                "model": self._name,
                "fingerprint": fingerprint(self._model, tokenizer),
                "dimension": self._dimension,
                "pooling": _pooling(self._model),
                "query_prefix": self._prefixes["query"],
                "passage_prefix": self._prefixes["passage"],
                "precision": _precision(self._model),
                "maximum_tokens": self._maximum_tokens,
                "batch_size": self._batch_size,
            }
        )

    def embed(self, texts: list[str], role: str) -> np.ndarray:
        """One row of length 1 per text, prefix of the role included; a text that is too long is an error, never cut."""
        prefix = self._prefixes[role]
        prefixed = [prefix + text for text in texts] if prefix else list(texts)
        matrix = np.empty((len(texts), self._dimension), dtype=np.float32)
        if not texts:
            return matrix
        lengths = self._tokenizer.lengths(prefixed)
        for row, length in enumerate(lengths):
            if length > self._maximum_tokens:
                raise ValueError(f"text {row} has {length} tokens, special tokens included; the model takes {self._maximum_tokens}")
        # Texts of like length together waste the least on padding.
        order = sorted(range(len(texts)), key=lengths.__getitem__)
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            matrix[rows] = self._run([prefixed[row] for row in rows])
        return matrix

    def token_spans(self, texts: list[str]) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each text the first byte and the byte after the last of each token, special tokens left out, nothing cut."""
        if not texts:
            return []
        return [byte_spans(text, offsets) for text, offsets in zip(texts, self._tokenizer.offsets(texts))]

    def info(self) -> str:
        """What decides the meaning of the vectors, as a JSON object."""
        return self._info

    def _run(self, texts: list[str]) -> np.ndarray:
        import torch

        features = self._tokenizer(lambda: self._features(texts))
        with torch.inference_mode():
            features = {key: value.to(self._device) if hasattr(value, "to") else value for key, value in features.items()}
            vectors = self._model(features)["sentence_embedding"].float()
            return as_float32(torch.nn.functional.normalize(vectors, dim=1))


def _settings(model: str) -> dict:
    file = Path(model) / "grounded.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _prefixes(settings: dict, model, name: str) -> dict[str, str]:
    query, passage = known_prefixes(name)
    prompts = model.prompts or {}
    if any(prompts.values()):
        query, passage = prompts.get("query") or "", prompts.get("passage") or prompts.get("document") or ""
    return {"query": settings.get("query_prefix", query), "passage": settings.get("passage_prefix", passage)}


def _pooling(model) -> str:
    for module in model:
        if hasattr(module, "get_pooling_mode_str"):
            return {"lasttoken": "last"}.get(module.get_pooling_mode_str(), module.get_pooling_mode_str())
        if isinstance(getattr(module, "pooling_mode", None), str):
            return {"lasttoken": "last"}.get(module.pooling_mode, module.pooling_mode)
    return "model"


def _precision(model) -> str:
    names = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
    name = str(next(model.parameters()).dtype).removeprefix("torch.")
    return names.get(name, name)
