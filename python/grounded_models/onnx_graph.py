# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Writes ONNX files without the ``onnx`` package: the few protocol buffer messages that a graph needs."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_TENSOR_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
# A protocol buffer message ends at 2 GiB; larger weights go to a file beside it.
_LARGEST_MESSAGE = (1 << 31) - (1 << 24)
_SMALLEST_OUTSIDE = 1 << 20


def _number(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _integer(key: int, value: int) -> bytes:
    return _number(key << 3) + _number(value)


def _bytes(key: int, value: bytes) -> bytes:
    return _number(key << 3 | 2) + _number(len(value)) + value


def _text(key: int, value: str) -> bytes:
    return _bytes(key, value.encode("utf-8"))


def _attribute(name: str, value: int | float | list[int]) -> bytes:
    message = _text(1, name)
    if isinstance(value, float):
        return message + _number(2 << 3 | 5) + struct.pack("<f", value) + _integer(20, 1)
    if isinstance(value, int):
        return message + _integer(3, value) + _integer(20, 2)
    return message + b"".join(_integer(8, item) for item in value) + _integer(20, 7)


def _value(name: str, number_type: str, shape: list[str | int]) -> bytes:
    dimensions = b"".join(_bytes(1, _integer(1, d) if isinstance(d, int) else _text(2, d)) for d in shape)
    tensor = _integer(1, _TENSOR_TYPES[number_type]) + _bytes(2, dimensions)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


@dataclass
class OnnxGraph:
    """A graph under construction; every adding method gives back the name of what it added."""

    name: str
    _nodes: list[bytes] = field(default_factory=list)
    _constants: dict[str, np.ndarray] = field(default_factory=dict)
    _inputs: list[bytes] = field(default_factory=list)
    _outputs: list[bytes] = field(default_factory=list)

    def input(self, name: str, number_type: str, shape: list[str | int]) -> str:
        """Declares an input; a text in ``shape`` names a dimension that varies."""
        self._inputs.append(_value(name, number_type, shape))
        return name

    def output(self, name: str, number_type: str, shape: list[str | int]) -> None:
        """Declares that the value ``name`` is a result."""
        self._outputs.append(_value(name, number_type, shape))

    def constant(self, name: str, array: np.ndarray) -> str:
        """Stores weights."""
        self._constants[name] = np.array(array, order="C")
        return name

    def node(self, operator: str, inputs: list[str], outputs: str | list[str], domain: str = "", **attributes) -> str:
        """Adds an operator; an empty text among ``inputs`` stands for an optional input that is left out. Gives back the first output."""
        outputs = [outputs] if isinstance(outputs, str) else outputs
        message = b"".join(_text(1, i) for i in inputs) + b"".join(_text(2, o) for o in outputs)
        message += _text(3, f"{operator}_{len(self._nodes)}") + _text(4, operator)
        message += b"".join(_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(message + (_text(7, domain) if domain else b""))
        return outputs[0]

    def contrib(self, operator: str, inputs: list[str], outputs: str | list[str], **attributes) -> str:
        """Adds one of onnxruntime's own fused operators."""
        return self.node(operator, inputs, outputs, domain="com.microsoft", **attributes)

    def serialized(self, external_name: str = "") -> tuple[bytes, list[np.ndarray]]:
        """The file's content, and the arrays that belong into the file ``external_name`` where one is named."""
        outside: list[np.ndarray] = []
        parts, offset = [], 0
        for name, array in self._constants.items():
            tensor = b"".join(_integer(1, d) for d in array.shape) + _integer(2, _TENSOR_TYPES[array.dtype.name]) + _text(8, name)
            if external_name and array.nbytes >= _SMALLEST_OUTSIDE:
                entries = {"location": external_name, "offset": str(offset), "length": str(array.nbytes)}
                tensor += b"".join(_bytes(13, _text(1, key) + _text(2, value)) for key, value in entries.items()) + _integer(14, 1)
                outside.append(array)
                offset += array.nbytes
            else:
                tensor += _bytes(9, array.tobytes())
            parts.append(_bytes(5, tensor))
        graph = b"".join(_bytes(1, n) for n in self._nodes) + _text(2, self.name) + b"".join(parts)
        graph += b"".join(_bytes(11, i) for i in self._inputs) + b"".join(_bytes(12, o) for o in self._outputs)
        opsets = b"".join(_bytes(8, _text(1, domain) + _integer(2, version)) for domain, version in (("", 17), ("com.microsoft", 1)))
        return _integer(1, 8) + opsets + _text(2, "grounded_models.export") + _bytes(7, graph), outside

    def write(self, file: Path) -> None:
        """Writes ``file``, and beside it ``<file>_data`` where the weights do not fit into one message."""
        large = sum(array.nbytes for array in self._constants.values()) > _LARGEST_MESSAGE
        content, outside = self.serialized(file.name + "_data" if large else "")
        file.write_bytes(content)
        if outside:
            with open(file.with_name(file.name + "_data"), "wb") as data:
                for array in outside:
                    data.write(array.tobytes())
