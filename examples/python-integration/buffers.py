# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Buffers: what an embedder returns, how it crosses, and what becomes of a result that is not as it should be.

    python examples/python-integration/buffers.py

Texts come as a list of ``str``. What goes back is any object with the buffer protocol: the server reads the memory of the array itself,
once, without making Python floats or lists of it. So the memory must be what it says: float32, C-contiguous, one row per text, every
number finite. A result that is not fails the one request that asked for it; nothing is converted behind your back, because a silent
copy of every result is the kind of cost that nobody finds again.
"""

import numpy as np

from custom_embedder import HashingEmbedder

#: A word in the text, and how it spoils the result.
FAULTS = {
    "returnfloat64": lambda matrix: matrix.astype(np.float64),
    "returnturned": lambda matrix: np.asfortranarray(np.vstack([matrix, matrix]))[: len(matrix)],
    "returnnan": lambda matrix: np.full_like(matrix, np.nan),
    "returnnarrow": lambda matrix: np.ascontiguousarray(matrix[:, :-1]),
    "returnflat": lambda matrix: matrix.reshape(-1),
    "returnrows": lambda matrix: np.vstack([matrix, matrix]),
    "returnlist": lambda matrix: matrix.tolist(),
}


class BufferEmbedder(HashingEmbedder):
    """``HashingEmbedder``, but for texts that hold one of the words above."""

    def embed(self, texts: list[str], role: str):
        matrix = super().embed(texts, role)
        for word, spoil in FAULTS.items():
            if any(word in text for text in texts):
                return spoil(matrix)
        return matrix


def check(result: object, texts: int, dimension: int) -> memoryview:
    """The server's own conditions, for the tests of a model. Returns the memory that the server would read."""
    view = memoryview(result)
    if not view.c_contiguous:
        raise ValueError("the array is not C-contiguous; return np.ascontiguousarray(it)")
    if view.ndim != 2 or view.format != "f":
        raise TypeError("a float32 array of two dimensions is needed")
    if view.shape != (texts, dimension):
        raise ValueError(f"{view.shape[0]} × {view.shape[1]} floats, not {texts} × {dimension}")
    if not np.isfinite(view).all():
        raise ValueError("a number that is not finite")
    return view


def main() -> None:
    model = BufferEmbedder()
    matrix = model.embed(["The lighthouse is 31 metres high.", "Waste is collected on Tuesdays."], "passage")
    view = check(matrix, 2, 256)
    address = np.frombuffer(view, dtype=np.float32).ctypes.data
    print(f"good: {view.shape} of {view.format!r}, {view.nbytes} bytes, the array's own memory: {address == matrix.ctypes.data}")
    # Views into a larger array are as good, as long as they are contiguous: a model may keep one output buffer per call and cut it.
    check(matrix[:1], 1, 256)
    print("good: the first rows of a larger array")
    for word in FAULTS:
        try:
            check(model.embed([word], "passage"), 1, 256)
        except (TypeError, ValueError) as error:
            print(f"{word}: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
