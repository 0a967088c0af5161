# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A tokenizer and an ONNX session over one folder: what the embedder and the rerankers share."""

import os

import numpy as np

# The server brings its own threads; the tokenizer's would only compete with them. Read when the library is first used.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

try:
    import onnxruntime
    import tokenizers
except ImportError as error:
    raise ImportError(
        f"ONNX models need the packages onnxruntime and tokenizers ({error}); install them with scripts/setup-python.sh"
    ) from error

from .model_folder import ModelFolder  # noqa: E402

_NUMBER_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def session_options(threads: int) -> onnxruntime.SessionOptions:
    """Settings of a session that shares its cores with a server."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    # Every text has its own length: plans made for one length would only fill the memory.
    options.enable_mem_pattern = False
    # Threads that wait by spinning take the cores from the server's own.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # On x86 without VNNI instructions the fast int8 product overflows; this takes the exact one there and changes nothing elsewhere.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return options


class OnnxModel:
    """Runs one text at a time; safe to call from several threads, and the GIL is free while a text is tokenised or computed."""

    def __init__(self, folder: ModelFolder, threads: int):
        self.tokenizer = tokenizers.Tokenizer.from_file(str(folder.tokenizer_file))
        # A tokenizer file may carry settings of its training that would cut texts silently.
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(
            str(folder.weights_file), sess_options=session_options(threads), providers=["CPUExecutionProvider"]
        )
        self._inputs = {i.name: _NUMBER_TYPES[i.type] for i in self._session.get_inputs()}
        self.outputs = [o.name for o in self._session.get_outputs()]
        self._ids_type = self._inputs.pop("input_ids")
        self._types_type = self._inputs.pop("token_type_ids", None)
        self._mask_type = self._inputs.pop("attention_mask", None)

    def ids(self, text: str) -> list[int]:
        """The text's token numbers, special tokens included, nothing cut."""
        # encode_batch_fast gives the GIL up while it works, encode does not; it skips the offsets, which take a third of the time.
        return self.tokenizer.encode_batch_fast([text])[0].ids

    def truncating(self, maximum_tokens: int, strategy: str = "longest_first") -> tokenizers.Tokenizer:
        """A copy of the tokenizer that cuts at the end."""
        copy = tokenizers.Tokenizer.from_str(self.tokenizer.to_str())
        copy.enable_truncation(maximum_tokens, strategy=strategy)
        return copy

    def run(self, output: str, ids: list[int], types: list[int] | None = None) -> np.ndarray:
        """The named output for one sequence, without the batch dimension."""
        row = np.array(ids, dtype=self._ids_type)
        feeds = {"input_ids": row[None]}
        if self._types_type:
            feeds["token_type_ids"] = np.array([types], self._types_type) if types else np.zeros((1, len(ids)), self._types_type)
        if self._mask_type:
            feeds["attention_mask"] = np.ones((1, len(ids)), self._mask_type)
        for name, number_type in self._inputs.items():
            feeds[name] = np.zeros((1, len(ids)), number_type)
        return self._session.run([output], feeds)[0][0]
