# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A BERT-family encoder as a graph of onnxruntime's fused operators, in float32 or with dynamic int8 multiplications."""

from dataclasses import dataclass

import numpy as np

from .onnx_graph import OnnxGraph
from .safetensors_file import Weights

_ACTIVATIONS = {"gelu": "BiasGelu", "gelu_new": "FastGelu", "gelu_pytorch_tanh": "FastGelu", "gelu_fast": "FastGelu"}
# Positions of these start behind the padding token's own number.
_OFFSET_FAMILIES = ("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl")


@dataclass
class EncoderShape:
    """What of ``config.json`` decides the graph; refuses what this exporter cannot build."""

    family: str
    layers: int
    heads: int
    hidden: int
    epsilon: float
    activation: str
    first_position: int

    @classmethod
    def read(cls, config: dict) -> "EncoderShape":
        """From the members of ``config.json``; an error names the member and what to do."""
        family = config.get("model_type")
        if family not in ("bert", *_OFFSET_FAMILIES[:3]):
            raise ValueError(
                f'config.json: model_type {family!r} is not supported; the exporter builds bert, roberta, xlm-roberta and camembert. Use '
                "the model through sentence-transformers (EMBEDDING_BACKEND=sentence-transformers) or bring its own ONNX file"
            )
        if config.get("position_embedding_type", "absolute") != "absolute":
            raise ValueError(
                f"config.json: position_embedding_type {config['position_embedding_type']!r} is not supported, only 'absolute' is; use "
                "the model through sentence-transformers"
            )
        if config.get("is_decoder"):
            raise ValueError("config.json: is_decoder is true; only encoders are supported")
        activation = config.get("hidden_act", "gelu")
        if activation not in _ACTIVATIONS:
            raise ValueError(f"config.json: hidden_act {activation!r} is not supported; supported are {', '.join(_ACTIVATIONS)}")
        for name in ("num_hidden_layers", "num_attention_heads", "hidden_size"):
            if not isinstance(config.get(name), int):
                raise ValueError(f"config.json: {name} is missing")
        if config["hidden_size"] % config["num_attention_heads"]:
            raise ValueError("config.json: hidden_size is not a multiple of num_attention_heads")
        return cls(
            family=family,
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            hidden=config["hidden_size"],
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
            activation=_ACTIVATIONS[activation],
            first_position=config.get("pad_token_id", 1) + 1 if family in _OFFSET_FAMILIES else 0,
        )


class EncoderGraph:
    """Builds one graph from one folder's weights.

    ``int8`` quantises the weights of all layers per column; activations are quantised while the model runs, over the whole tensor.
    ``masked`` adds an ``attention_mask`` input for batches of texts of different lengths; without it a batch holds texts of one length.
    ``segments`` adds a ``token_type_ids`` input, which pairs of texts need; without it every token is of the first type.
    """

    def __init__(self, shape: EncoderShape, weights: Weights, *, int8: bool, masked: bool, segments: bool):
        self._shape, self._weights, self._int8, self._masked = shape, weights, int8, masked
        self._segments = segments and weights["embeddings.token_type_embeddings.weight"].shape[0] > 1
        self.graph = OnnxGraph("encoder")

    def add_encoder(self) -> str:
        """Adds everything from the inputs to the last layer's token vectors; gives back their name."""
        state = self._embeddings()
        for layer in range(self._shape.layers):
            state = self._layer(layer, state)
        return state

    def add_pooling(self, tokens: str, pooling: str) -> str:
        """Adds pooling and division by the length; gives back the name of the sentence vectors."""
        graph = self.graph
        if pooling == "cls":
            pooled = self._first_token(tokens)
        elif pooling == "mean" and self._masked:
            mask = graph.node("Cast", ["attention_mask"], "mask_float", to=1)
            axis = graph.constant("axis_last", np.array([-1], np.int64))
            weighted = graph.node("Mul", [tokens, graph.node("Unsqueeze", [mask, axis], "mask_column")], "weighted")
            # The sum has the mean's direction, and only that is left after the division by the length.
            pooled = graph.node("ReduceSum", [weighted, graph.constant("axis_tokens", np.array([1], np.int64))], "pooled", keepdims=0)
        elif pooling == "mean":
            pooled = graph.node("ReduceMean", [tokens], "pooled", axes=[1], keepdims=0)
        else:
            raise ValueError(f"pooling {pooling!r} is not supported; supported are mean and cls")
        return graph.node("LpNormalization", [pooled], "sentence_embedding", axis=-1, p=2)

    def add_classifier(self, tokens: str) -> str:
        """Adds the head of a cross-encoder; gives back the name of its logits."""
        graph, weights = self.graph, self._weights
        prefix, weights.prefix = weights.prefix, ""
        try:
            if "classifier.out_proj.weight" in weights:
                names = ("classifier.dense", "classifier.out_proj")
            else:
                names = (f"{prefix}pooler.dense", "classifier")
            vector = self._first_token(tokens)
            dense = graph.node("Gemm", [vector, *self._linear(names[0])], "head_dense", transB=1)
            active = graph.node("Tanh", [dense], "head_active")
            return graph.node("Gemm", [active, *self._linear(names[1])], "logits", transB=1)
        finally:
            weights.prefix = prefix

    def _linear(self, name: str) -> list[str]:
        return [self.graph.constant(f"{name}.{part}", self._weights[f"{name}.{part}"]) for part in ("weight", "bias")]

    def _first_token(self, tokens: str) -> str:
        return self.graph.node("Gather", [tokens, self.graph.constant("zero", np.array(0, np.int64))], "first_token", axis=1)

    def _embeddings(self) -> str:
        graph, weights, names = self.graph, self._weights, {}
        for name in ("word_embeddings", "position_embeddings", "token_type_embeddings"):
            names[name] = weights[f"embeddings.{name}.weight"]
        positions = names["position_embeddings"][self._shape.first_position :]
        ids = graph.input("input_ids", "int32", ["batch", "tokens"])
        types, type_table = "", ""
        if self._segments:
            types = graph.input("token_type_ids", "int32", ["batch", "tokens"])
            type_table = graph.constant("token_type_embeddings", names["token_type_embeddings"])
        else:
            positions = positions + names["token_type_embeddings"][0]
        if self._masked:
            graph.input("attention_mask", "int32", ["batch", "tokens"])
        return graph.contrib(
            "EmbedLayerNormalization",
            [
                ids,
                types,
                graph.constant("word_embeddings", names["word_embeddings"]),
                graph.constant("position_embeddings", positions),
                type_table,
                graph.constant("embeddings.LayerNorm.weight", weights["embeddings.LayerNorm.weight"]),
                graph.constant("embeddings.LayerNorm.bias", weights["embeddings.LayerNorm.bias"]),
            ],
            ["embedded", "embedded_mask"],
            epsilon=self._shape.epsilon,
        )

    def _layer(self, layer: int, state: str) -> str:
        graph, weights, base = self.graph, self._weights, f"encoder.layer.{layer}."
        attention = [f"{base}attention.self.{name}" for name in ("query", "key", "value")]
        joined = np.concatenate([weights[f"{name}.weight"].T for name in attention], axis=1)
        bias = np.concatenate([weights[f"{name}.bias"] for name in attention])
        context = self._attention(f"{base}attention", state, joined, bias)
        projected = self._product(f"{base}attention.output.dense", context)
        state = self._normalized(f"{base}attention.output", projected, state)
        inner = self._product(f"{base}intermediate.dense", state)
        # The tanh form of gelu differs from the exact one by less than a hundredth of what int8 rounds away, and takes half the time.
        activation = "FastGelu" if self._int8 else self._shape.activation
        active = graph.contrib(activation, [inner, self._bias(f"{base}intermediate.dense")], f"{base}active")
        return self._normalized(f"{base}output", self._product(f"{base}output.dense", active), state)

    def _attention(self, name: str, state: str, joined: np.ndarray, bias: np.ndarray) -> str:
        graph, mask = self.graph, "attention_mask" if self._masked else ""
        bias_name = graph.constant(f"{name}.bias", bias)
        if not self._int8:
            inputs = [state, graph.constant(f"{name}.weight", joined), bias_name, mask]
            return graph.contrib("Attention", inputs if mask else inputs[:3], f"{name}.context", num_heads=self._shape.heads)
        weight, scale = self._quantized(name, joined)
        values = graph.node("DynamicQuantizeLinear", [state], [f"{name}.u8", f"{name}.scale", f"{name}.zero"])
        zero = graph.constant("zero_s8", np.zeros(1, np.int8).reshape(()))
        inputs = [values, weight, bias_name, f"{name}.scale", scale, mask, f"{name}.zero", zero]
        return graph.contrib("QAttention", inputs, f"{name}.context", num_heads=self._shape.heads)

    def _product(self, name: str, state: str) -> str:
        graph, matrix = self.graph, self._weights[f"{name}.weight"].T
        if not self._int8:
            return graph.node("MatMul", [state, graph.constant(f"{name}.weight", matrix)], f"{name}.product")
        return graph.contrib("DynamicQuantizeMatMul", [state, *self._quantized(name, matrix)], f"{name}.product")

    def _quantized(self, name: str, matrix: np.ndarray) -> list[str]:
        # One scale per output column, zero stays zero.
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-12) / 127
        values = np.clip(np.rint(matrix / scale), -127, 127).astype(np.int8)
        return [self.graph.constant(f"{name}.weight_s8", values), self.graph.constant(f"{name}.weight_scale", scale.astype(np.float32))]

    def _normalized(self, name: str, product: str, skip: str) -> str:
        constants = [self.graph.constant(f"{name}.LayerNorm.{part}", self._weights[f"{name}.LayerNorm.{part}"]) for part in ("weight", "bias")]
        inputs = [product, skip, *constants, self._bias(f"{name}.dense")]
        return self.graph.contrib("SkipLayerNormalization", inputs, f"{name}.state", epsilon=self._shape.epsilon)

    def _bias(self, name: str) -> str:
        return self.graph.constant(f"{name}.bias", self._weights[f"{name}.bias"])
