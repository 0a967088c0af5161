# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What the models on torch share. Torch is an optional extra."""

import hashlib
import threading

import numpy as np

_INSTALL = (
    "models on torch need the package sentence-transformers ({}); install it into the environment that PYTHON names: "
    "pip install sentence-transformers, or scripts/setup-python.sh --torch for the pinned CPU wheels in .venv-torch"
)
# On a GPU one text at a time would leave most of it idle.
_GPU_BATCH = 32


def import_sentence_transformers():
    """The package; where it is absent, the error says how to install it."""
    try:
        import sentence_transformers
    except ImportError as error:
        raise ImportError(_INSTALL.format(error)) from error
    return sentence_transformers


def loading_options(device: str) -> dict:
    """Options that keep a downloaded model from running code: none of its own modules, no pickled weights."""
    return {"device": device, "trust_remote_code": False, "model_kwargs": {"use_safetensors": True}}


def batch_size_for(device: str, batch_size: int | None) -> int:
    """How many texts one run takes: one on a CPU, so that a vector does not depend on its neighbours, more on a GPU."""
    if batch_size is None:
        return 1 if device == "cpu" else _GPU_BATCH
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; it is at least 1")
    return batch_size


def fingerprint(model, tokenizer) -> str:
    """SHA-256 over weights and tokenizer, the same wherever the model was loaded from."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    backend = getattr(tokenizer, "backend_tokenizer", None)
    digest.update((backend.to_str() if backend is not None else repr(sorted(tokenizer.get_vocab().items()))).encode())
    return digest.hexdigest()


class SharedTokenizer:
    """A tokenizer for several threads: transformers changes its settings with every call, so one thread at a time."""

    def __init__(self, tokenizer):
        self._tokenizer, self._lock = tokenizer, threading.Lock()

    def __call__(self, work):
        with self._lock:
            return work()

    def lengths(self, texts: list[str]) -> list[int]:
        """Tokens of each text, special tokens included, nothing cut."""
        with self._lock:
            ids = self._tokenizer(texts, add_special_tokens=True, truncation=False, padding=False, verbose=False)["input_ids"]
        return [len(row) for row in ids]

    def offsets(self, texts: list[str]) -> list[list[tuple[int, int]]]:
        """Of each text the first character and the one after the last of each token, without special tokens."""
        with self._lock:
            return self._tokenizer(
                texts, add_special_tokens=False, truncation=False, padding=False, return_offsets_mapping=True, verbose=False
            )["offset_mapping"]


def as_float32(tensor) -> np.ndarray:
    """A tensor as a C-contiguous float32 array in main memory."""
    return np.ascontiguousarray(tensor.detach().float().cpu().numpy())
