# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Stores what sentence-transformers answers, so that the tests compare with it without torch.

usage: .venv-torch/bin/python python/tests/make_parity_fixtures.py [--check]

Writes python/tests/fixtures/parity.npz. ``--check`` writes nothing and compares our models with sentence-transformers live, and the
stored answers with both; it needs .venv-torch (scripts/setup-python.sh --torch).
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1])]

import numpy as np  # noqa: E402
import seeded_models as seeded  # noqa: E402

FIXTURE = Path(__file__).parent / "fixtures/parity.npz"


def answers(folder: Path) -> dict[str, np.ndarray]:
    """What sentence-transformers itself says: vectors of every encoder, logits of every cross-encoder."""
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer

    torch.manual_seed(0)
    found = {}

    def vectors(model: Path, texts: list[str]) -> np.ndarray:
        encoder = SentenceTransformer(str(model), device="cpu", local_files_only=True)
        return np.asarray(encoder.encode(texts, batch_size=1, normalize_embeddings=True, show_progress_bar=False), np.float32)

    def logits(model: Path, pairs: list[tuple[str, str]]) -> np.ndarray:
        encoder = CrossEncoder(str(model), device="cpu", local_files_only=True, activation_fn=torch.nn.Identity())
        return np.asarray(encoder.predict(pairs, batch_size=1, show_progress_bar=False), np.float32)

    found["minilm"] = vectors(seeded.packaged_model(), seeded.varied_texts())
    pairs = [(query, passage) for query in seeded.PAIR_QUERIES for passage in seeded.PAIR_PASSAGES]
    found["minilm-cross"] = logits(seeded.make_cross_encoder(folder / "minilm-cross"), pairs)
    for name, settings in seeded.TINY_ENCODERS.items():
        found[name] = vectors(seeded.make_tiny(folder / name, **settings), seeded.TINY_TEXTS)
    for name, settings in seeded.TINY_CROSS_ENCODERS.items():
        tiny = [(a[:12], b[:12]) for a in seeded.TINY_TEXTS for b in seeded.TINY_TEXTS]
        found[name] = logits(seeded.make_tiny(folder / name, **settings), tiny)
    return found


def check(folder: Path, live: dict[str, np.ndarray]) -> int:
    """Compares our classes on torch and on ONNX with the live and the stored answers; gives back the exit status."""
    from grounded_models.export import export
    from grounded_models.onnx_embedder import OnnxEmbedder
    from grounded_models.onnx_reranker import OnnxReranker
    from grounded_models.sentence_transformers_embedder import SentenceTransformersEmbedder
    from grounded_models.sentence_transformers_reranker import SentenceTransformersReranker

    stored, worst = np.load(FIXTURE), {}
    for name, answer in live.items():
        worst[f"{name}: stored against live"] = float(np.abs(stored[name] - answer).max())
    texts = seeded.varied_texts()
    export(seeded.packaged_model(), folder / "minilm-onnx", "all-MiniLM-L6-v2", 256)
    ours = OnnxEmbedder(str(folder / "minilm-onnx"), precision="fp32")
    on_torch = SentenceTransformersEmbedder(str(seeded.packaged_model()))
    for name, model in (("ONNX fp32", ours), ("our class on torch", on_torch)):
        worst[f"minilm: {name}, cosine distance"] = float(1 - (model.embed(texts, "passage") * live["minilm"]).sum(1).min())
    for text in texts:
        for ours_bytes, torch_bytes in zip(ours.token_spans([text])[0], on_torch.token_spans([text])[0]):
            if not np.array_equal(ours_bytes, torch_bytes):
                worst["token spans differ"] = 1.0
    export(folder / "minilm-cross", folder / "minilm-cross-onnx", maximum_tokens=256)
    classes = (("ONNX fp32", OnnxReranker(str(folder / "minilm-cross-onnx"))), ("our class on torch", SentenceTransformersReranker(str(folder / "minilm-cross"))))
    for name, model in classes:
        scores = np.concatenate([model.scores(query, seeded.PAIR_PASSAGES) for query in seeded.PAIR_QUERIES])
        worst[f"minilm-cross: {name}, logits"] = float(np.abs(scores - live["minilm-cross"]).max())
    for what, value in worst.items():
        print(f"  {what}: {value:.2e}")
    # Another processor may round otherwise; the bars are 1e-4 (vectors) and 1e-3 (logits).
    return 0 if max(worst.values()) <= 1e-3 and all(v <= 1e-4 for k, v in worst.items() if "cosine" in k) else 1


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        live = answers(Path(folder))
        if sys.argv[1:] == ["--check"]:
            return check(Path(folder), live)
        if sys.argv[1:]:
            print(__doc__, file=sys.stderr)
            return 2
        FIXTURE.parent.mkdir(exist_ok=True)
        np.savez_compressed(FIXTURE, **live)
        print(f"{FIXTURE.name}: {FIXTURE.stat().st_size / 1000:.0f} kB; {', '.join(f'{k} {v.shape}' for k, v in live.items())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
