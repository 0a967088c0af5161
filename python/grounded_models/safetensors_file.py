# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Reads safetensors files: a JSON header and raw numbers, so nothing in a file can run."""

import json
from pathlib import Path

import numpy as np

_LARGEST_HEADER = 100 << 20
_NUMBER_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "U8": "u1", "I8": "i1", "BOOL": "?"}


class SafetensorsFile:
    """The tensors of one file, mapped into memory; read as float32."""

    def __init__(self, file: Path):
        self._file = file
        size = file.stat().st_size
        with open(file, "rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 8 or length > min(_LARGEST_HEADER, size - 8):
                raise ValueError(f"{file} is no safetensors file: its header does not fit into it")
            self._entries = json.loads(stream.read(length))
        self._entries.pop("__metadata__", None)
        self._start = 8 + length
        self._content = np.memmap(file, dtype=np.uint8, mode="r")

    def names(self) -> list[str]:
        """What the file holds."""
        return list(self._entries)

    def tensor(self, name: str) -> np.ndarray:
        """One tensor as float32."""
        entry = self._entries[name]
        first, last = entry["data_offsets"]
        number_type = _NUMBER_TYPES.get(entry["dtype"])
        if number_type is None:
            raise ValueError(f"{self._file}: {name} has the number type {entry['dtype']}, which cannot be read; save the model as float32")
        if not 0 <= first <= last <= len(self._content) - self._start:
            raise ValueError(f"{self._file}: {name} lies outside the file; the download is incomplete")
        values = self._content[self._start + first : self._start + last].view(number_type)
        if entry["dtype"] == "BF16":
            values = (values.astype(np.uint32) << 16).view(np.float32)
        return values.reshape(entry["shape"]).astype(np.float32)


class Weights:
    """All tensors of a model folder: ``model.safetensors`` or the parts that ``model.safetensors.index.json`` lists."""

    def __init__(self, folder: Path):
        index = folder / "model.safetensors.index.json"
        if (folder / "model.safetensors").exists():
            names = ["model.safetensors"]
        elif index.exists():
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
            if any(Path(name).name != name for name in names):
                raise ValueError(f"{index} names files outside its folder")
        else:
            raise FileNotFoundError(
                f"{folder} holds no model.safetensors; pickled weights (pytorch_model.bin) are never read because loading them runs "
                "code: convert them with sentence-transformers, model.save_pretrained(folder, safe_serialization=True)"
            )
        self.files = [folder / name for name in names]
        self._owners = {name: file for file in map(SafetensorsFile, self.files) for name in file.names()}
        self.prefix = ""

    def __contains__(self, name: str) -> bool:
        return self.prefix + name in self._owners

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self:
            raise ValueError(f"the weights hold no {self.prefix + name}: this is not the architecture that config.json names")
        return self._owners[self.prefix + name].tensor(self.prefix + name)
