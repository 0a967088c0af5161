# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Where a model's files lie and what its settings say."""

import hashlib
import json
from pathlib import Path

from .prefixes import known_prefixes

_POOLING_MODES = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_lasttoken": "last",
}
_INT8_FILES = ("model_int8.onnx", "onnx/model_int8.onnx", "onnx/model_quantized.onnx")
_FP32_FILES = ("model.onnx", "onnx/model.onnx")


def folder_settings(path: Path, maximum_tokens: int | None = None, name: str | None = None) -> dict:
    """name, maximum_tokens, pooling, query_prefix and passage_prefix of a folder.

    ``grounded.json`` decides; what it leaves out comes from the files of sentence-transformers, prefixes at last from the table of
    known models (``prefixes.KNOWN_PREFIXES``). The arguments go before everything.
    """
    settings = _json(path, "grounded.json")
    name = name or settings.get("name") or path.resolve().name
    prompts = _json(path, "config_sentence_transformers.json").get("prompts") or {}
    query, passage = known_prefixes(name)
    if any(prompts.values()):
        query, passage = prompts.get("query", ""), prompts.get("passage", prompts.get("document", ""))
    return {
        "name": name,
        "maximum_tokens": maximum_tokens or settings.get("maximum_tokens") or _maximum_tokens(path),
        "pooling": settings.get("pooling") or _pooling(path),
        "query_prefix": settings.get("query_prefix", query),
        "passage_prefix": settings.get("passage_prefix", passage),
    }


class ModelFolder:
    """An ONNX model on disk.

    ``precision`` is ``int8`` or ``fp32``; a folder without an int8 file serves its ``model.onnx`` for both, and ``self.precision``
    says what was taken.
    """

    def __init__(self, path: Path, precision: str = "fp32"):
        if not path.is_dir():
            raise FileNotFoundError(f"{path} is not a folder; scripts/setup-python.sh lays the default model out")
        if precision not in ("int8", "fp32"):
            raise ValueError(f"precision {precision!r} is not one of int8, fp32")
        self._path = path
        stated = _json(path, "grounded.json").get("precision", "fp32")
        int8 = next((path / name for name in _INT8_FILES if (path / name).exists()), None) if precision == "int8" else None
        self.weights_file = int8 or self._existing(*_FP32_FILES)
        self.precision: str = "int8" if int8 else stated
        self.external_weights_file = self.weights_file.with_name(self.weights_file.name + "_data")
        self.tokenizer_file = self._existing("tokenizer.json")
        settings = folder_settings(path)
        self.name: str = settings["name"]
        self.pooling: str = settings["pooling"]
        if self.pooling not in ("mean", "cls", "last"):
            raise ValueError(f"{path}: pooling {self.pooling!r} is not one of mean, cls, last")
        self.maximum_tokens: int = settings["maximum_tokens"]
        self.query_prefix: str = settings["query_prefix"]
        self.passage_prefix: str = settings["passage_prefix"]

    def fingerprint(self) -> str:
        """SHA-256 over weights and tokenizer: changes whenever a result could."""
        digest = hashlib.sha256()
        for file in (self.weights_file, self.external_weights_file, self.tokenizer_file):
            if file.exists():
                with open(file, "rb") as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
        return digest.hexdigest()

    def _existing(self, *names: str) -> Path:
        for name in names:
            if (self._path / name).exists():
                return self._path / name
        raise FileNotFoundError(f"{self._path} holds no {' or '.join(names)}")


def _json(path: Path, name: str) -> dict:
    file = path / name
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _pooling(path: Path) -> str:
    config = _json(path, "1_Pooling/config.json")
    chosen = [pooling for mode, pooling in _POOLING_MODES.items() if config.get(mode)]
    # Newer sentence-transformers write one member instead of a flag per mode.
    if not chosen and config.get("pooling_mode"):
        chosen = [{"lasttoken": "last"}.get(config["pooling_mode"], config["pooling_mode"])]
    if config and (len(chosen) != 1 or chosen[0] not in ("mean", "cls", "last")):
        raise ValueError(f"{path}/1_Pooling/config.json asks for a pooling that is not one of mean, cls, last")
    return chosen[0] if chosen else "mean"


def _maximum_tokens(path: Path) -> int:
    limits = [
        _json(path, "sentence_bert_config.json").get("max_seq_length"),
        _json(path, "tokenizer_config.json").get("model_max_length"),
        _json(path, "config.json").get("max_position_embeddings"),
    ]
    # transformers writes 10^30 where a tokenizer has no limit.
    known = [limit for limit in limits if isinstance(limit, int) and 0 < limit < 1 << 31]
    if not known:
        raise ValueError(f"{path}: how many tokens the model takes is not known; say maximum_tokens in grounded.json")
    return min(known)
