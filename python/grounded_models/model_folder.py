# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Where a model's files lie and what its settings say."""

import json
from pathlib import Path

_POOLING_MODES = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "last",
}


class ModelFolder:
    """A model on disk: ``grounded.json`` decides; what it leaves out comes from the files of sentence-transformers."""

    def __init__(self, path: Path):
        if not path.is_dir():
            raise FileNotFoundError(f"{path} is not a folder; scripts/setup-python.sh lays the default model out")
        self._path = path
        settings = self._json("grounded.json")
        self.weights_file = self._existing("model.onnx", "onnx/model.onnx")
        self.external_weights_file = self.weights_file.with_name(self.weights_file.name + "_data")
        self.tokenizer_file = self._existing("tokenizer.json")
        self.name: str = settings.get("name", path.resolve().name)
        self.pooling: str = settings.get("pooling") or self._pooling()
        if self.pooling not in ("mean", "cls", "last"):
            raise ValueError(f"{path}: pooling {self.pooling!r} is not one of mean, cls, last")
        self.precision: str = settings.get("precision", "fp32")
        self.maximum_tokens: int = settings.get("maximum_tokens") or self._maximum_tokens()
        prompts = self._json("config_sentence_transformers.json").get("prompts", {})
        self.query_prefix: str = settings.get("query_prefix", prompts.get("query", ""))
        self.passage_prefix: str = settings.get("passage_prefix", prompts.get("passage", prompts.get("document", "")))

    def _json(self, name: str) -> dict:
        file = self._path / name
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def _existing(self, *names: str) -> Path:
        for name in names:
            if (self._path / name).exists():
                return self._path / name
        raise FileNotFoundError(f"{self._path} holds no {' or '.join(names)}")

    def _pooling(self) -> str:
        config = self._json("1_Pooling/config.json")
        chosen = [pooling for mode, pooling in _POOLING_MODES.items() if config.get(mode)]
        if config and len(chosen) != 1:
            raise ValueError(f"{self._path}/1_Pooling/config.json asks for a pooling that is not one of mean, cls, last")
        return chosen[0] if chosen else "mean"

    def _maximum_tokens(self) -> int:
        limits = [
            self._json("sentence_bert_config.json").get("max_seq_length"),
            self._json("tokenizer_config.json").get("model_max_length"),
            self._json("config.json").get("max_position_embeddings"),
        ]
        known = [limit for limit in limits if isinstance(limit, int)]
        if not known:
            raise ValueError(f"{self._path}: how many tokens the model takes is not known; say maximum_tokens in grounded.json")
        return min(known)
