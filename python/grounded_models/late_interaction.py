# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Late interaction: for each token of the query the most similar token of the passage, by the vectors of an ordinary encoder."""

import json
import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
import onnxruntime

from .model_folder import ModelFolder
from .onnx_graph import OnnxGraph
from .onnx_model import OnnxModel, session_options

# A query is scored against several groups of passages, and several queries are under way at once.
_QUERIES_KEPT = 32


class LateInteractionReranker:
    """MaxSim over the token vectors of the embedding model: needs no model of its own and no training.

    ``model_dir`` is a folder that ``grounded_models.export`` wrote from an encoder. A score is the mean, over the query's tokens, of
    the highest cosine with a token of the passage, so it lies between -1 and 1; special tokens do not take part. A passage is cut to what
    the model takes; one without any token scores -1. Each text runs alone; calls from several threads run side by side.
    """

    def __init__(self, model_dir: str, precision: str = "int8", threads: int = 1):
        folder = ModelFolder(Path(model_dir), precision)
        self._model = OnnxModel(folder, threads)
        if "token_embeddings" not in self._model.outputs:
            raise ValueError(f"{model_dir} gives no token vectors; write it with python -m grounded_models.export from an encoder")
        self._tokenizer = self._model.truncating(folder.maximum_tokens)
        self._prefixes = {"query": folder.query_prefix, "passage": folder.passage_prefix}
        mask = self._tokenizer.encode("a").special_tokens_mask
        #: How many special tokens every text gets before and behind its own.
        self._specials = (mask.index(0), mask[::-1].index(0))
        self._similarity = _similarity_session()
        self._queries: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()
        self._info = json.dumps(
            {
                "model": f"{folder.name} (late interaction)",
                "fingerprint": folder.fingerprint(),
                "precision": folder.precision,
                "maximum_tokens": folder.maximum_tokens,
            }
        )

    def scores(self, query: str, passages: list[str]) -> np.ndarray:
        """One score per passage, higher is better."""
        scores = np.full(len(passages), -1, dtype=np.float32)
        asked = self._query(query)
        for row, passage in enumerate(passages):
            tokens = self._tokens(passage, "passage")
            if len(asked) and len(tokens):
                scores[row] = self._similarity.run(["score"], {"query": asked, "passage": tokens})[0]
        return scores

    def info(self) -> str:
        """What decides the scores, as a JSON object."""
        return self._info

    def _query(self, query: str) -> np.ndarray:
        with self._lock:
            known = self._queries.get(query)
            if known is not None:
                self._queries.move_to_end(query)
                return known
        tokens = self._tokens(query, "query")
        tokens = tokens / np.maximum(np.linalg.norm(tokens, axis=1, keepdims=True), 1e-12)
        with self._lock:
            self._queries[query] = tokens
            while len(self._queries) > _QUERIES_KEPT:
                self._queries.popitem(last=False)
        return tokens

    def _tokens(self, text: str, role: str) -> np.ndarray:
        prefix = self._prefixes[role]
        ids = self._tokenizer.encode_batch_fast([prefix + text if prefix else text])[0].ids
        before, behind = self._specials
        if len(ids) == before + behind:
            return np.empty((0, 0), dtype=np.float32)
        return self._model.run("token_embeddings", ids)[before : len(ids) - behind]


def _similarity_session() -> onnxruntime.InferenceSession:
    # The comparison as a graph of its own: it gives the GIL up, runs on the calling thread and brings no second pool of threads.
    graph = OnnxGraph("late_interaction")
    for name in ("query", "passage"):
        graph.input(name, "float32", [f"{name}_tokens", "dimension"])
    # The query's vectors have length 1; the passage's are divided by theirs when there are only products left.
    turned = graph.node("Transpose", ["passage"], "turned", perm=[1, 0])
    products = graph.node("MatMul", ["query", turned], "products")
    lengths = graph.node("ReduceL2", ["passage"], "lengths", axes=[1], keepdims=0)
    cosines = graph.node("Div", [products, lengths], "cosines")
    best = graph.node("ReduceMax", [cosines], "best", axes=[1], keepdims=0)
    graph.node("ReduceMean", [best], "score", axes=[0], keepdims=0)
    graph.output("score", "float32", [])
    return onnxruntime.InferenceSession(graph.serialized()[0], session_options(1), providers=["CPUExecutionProvider"])
