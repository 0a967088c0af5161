# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Exports a BERT-family model to ONNX without torch.

usage: python -m grounded_models.export SOURCE TARGET [--name NAME] [--maximum-tokens N] [--masked]

SOURCE is a folder with ``config.json``, ``tokenizer.json`` and ``model.safetensors``, as sentence-transformers and transformers save
it: BERT, RoBERTa, XLM-R and CamemBERT encoders, and cross-encoders of these with one logit. TARGET gets

- ``model.onnx`` (float32) and ``model_int8.onnx`` (dynamic int8), made of onnxruntime's fused operators. An encoder's outputs are
  ``sentence_embedding`` (pooled, of length 1) and ``token_embeddings`` (the last layer); a cross-encoder's is ``logits``;
- ``tokenizer.json``, unchanged;
- ``grounded.json``: name, kind, maximum_tokens, pooling and prefixes, to be changed by hand where the model's page says otherwise.

The graphs take texts of one length per run, so they need no mask and waste nothing on padding; ``--masked`` adds ``attention_mask``.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

from .encoder_graph import EncoderGraph, EncoderShape
from .model_folder import folder_settings
from .safetensors_file import Weights

_PREFIXES = ("bert.", "roberta.", "camembert.", "model.", "")


def export(source: Path, target: Path, name: str | None = None, maximum_tokens: int | None = None, masked: bool = False) -> dict:
    """Writes ``target`` anew from ``source``; gives back what ``grounded.json`` says. ``target`` appears whole or not at all."""
    config = _json(source / "config.json")
    shape = EncoderShape.read(config)
    if not (source / "tokenizer.json").exists():
        raise FileNotFoundError(
            f"{source} holds no tokenizer.json; make it with transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"
        )
    weights = Weights(source)
    weights.prefix = _prefix(weights)
    cross_encoder = _is_cross_encoder(config, weights)
    _require_known_modules(source)
    settings = folder_settings(source, maximum_tokens=maximum_tokens, name=name)
    settings["maximum_tokens"] = min(settings["maximum_tokens"], _positions(shape, weights))
    if cross_encoder:
        for key in ("pooling", "query_prefix", "passage_prefix"):
            settings.pop(key)
    elif settings["pooling"] not in ("mean", "cls"):
        raise ValueError(f"pooling {settings['pooling']!r} is not supported by the exporter; supported are mean and cls")
    settings["kind"] = "cross-encoder" if cross_encoder else "encoder"
    settings["source_sha256"] = _digest(weights.files)

    target.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=target.name + ".", dir=target.parent))
    try:
        for file, int8 in (("model.onnx", False), ("model_int8.onnx", True)):
            builder = EncoderGraph(shape, weights, int8=int8, masked=masked, segments=cross_encoder)
            _complete(builder, shape, settings)
            builder.graph.write(new / file)
        shutil.copyfile(source / "tokenizer.json", new / "tokenizer.json")
        (new / "grounded.json").write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        new.chmod(0o755)
        _swap(new, target)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return settings


def _complete(builder: EncoderGraph, shape: EncoderShape, settings: dict) -> None:
    tokens = builder.add_encoder()
    if settings["kind"] == "cross-encoder":
        builder.graph.output(builder.add_classifier(tokens), "float32", ["batch", 1])
        return
    builder.graph.output(builder.add_pooling(tokens, settings["pooling"]), "float32", ["batch", shape.hidden])
    builder.graph.node("Identity", [tokens], "token_embeddings")
    builder.graph.output("token_embeddings", "float32", ["batch", "tokens", shape.hidden])


def _swap(new: Path, target: Path) -> None:
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _json(file: Path) -> dict:
    if not file.exists():
        raise FileNotFoundError(f"{file.parent} holds no {file.name}")
    return json.loads(file.read_text(encoding="utf-8"))


def _prefix(weights: Weights) -> str:
    for prefix in _PREFIXES:
        weights.prefix = prefix
        if "embeddings.word_embeddings.weight" in weights:
            return prefix
    raise ValueError("the weights hold no embeddings.word_embeddings.weight: this is no BERT-family encoder")


def _is_cross_encoder(config: dict, weights: Weights) -> bool:
    architecture = (config.get("architectures") or [""])[0]
    if not architecture.endswith("ForSequenceClassification"):
        return False
    labels = len(config["id2label"]) if "id2label" in config else config.get("num_labels", 2)
    if labels != 1:
        raise ValueError(
            f"config.json: id2label has {labels} labels; a reranker has one. A classifier of several classes cannot rank passages"
        )
    return True


def _positions(shape: EncoderShape, weights: Weights) -> int:
    return weights["embeddings.position_embeddings.weight"].shape[0] - shape.first_position


def _require_known_modules(source: Path) -> None:
    file = source / "modules.json"
    modules = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    for module in modules:
        kind = module["type"].rsplit(".", 1)[-1]
        if kind not in ("Transformer", "Pooling", "Normalize"):
            raise ValueError(f"modules.json: {module['type']} is not supported by the exporter; use the model through sentence-transformers")


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with open(file, "rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def main(arguments: list[str]) -> int:
    """The command line; gives back the exit status."""
    parser = argparse.ArgumentParser(prog="python -m grounded_models.export", description="BERT-family model to ONNX, without torch")
    parser.add_argument("source", type=Path, help="folder with config.json, tokenizer.json and model.safetensors")
    parser.add_argument("target", type=Path, help="folder to write; replaced if it exists")
    parser.add_argument("--name", help="the model's name; decides the default prefixes (default: the source folder's name)")
    parser.add_argument("--maximum-tokens", type=int, help="special tokens included (default: what the source says)")
    parser.add_argument("--masked", action="store_true", help="add an attention_mask input, for batches of different lengths")
    options = parser.parse_args(arguments)
    try:
        settings = export(options.source, options.target, options.name, options.maximum_tokens, options.masked)
    except (ValueError, OSError, KeyError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 1
    size = sum(file.stat().st_size for file in options.target.iterdir()) / 1e6
    print(f"export: {settings['name']} ({settings['kind']}, up to {settings['maximum_tokens']} tokens) -> {options.target}, {size:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
