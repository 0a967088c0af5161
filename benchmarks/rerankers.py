# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What reranking costs and what late interaction gives.

usage: .venv/bin/python benchmarks/rerankers.py speed   [--rounds N]
       .venv/bin/python benchmarks/rerankers.py quality [--queries N] [--precision int8]

``speed`` prints the cost per passage of late interaction and of a cross-encoder of the same size (one with a seeded head: the cost of
a trained one is the same), and of five passages beside the model's own time for them. ``quality`` reranks the best 50 of dense
retrieval, and of dense and lexical retrieval fused, on SciFact's test questions.
"""

import argparse
import math
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from embedders import MODEL, ROOT, best_of_turns, cut, ndcg, scifact, text_of

sys.path.insert(0, str(ROOT / "python/tests"))
import seeded_models  # noqa: E402

from grounded_models.export import export  # noqa: E402
from grounded_models.late_interaction import LateInteractionReranker  # noqa: E402
from grounded_models.onnx_embedder import OnnxEmbedder  # noqa: E402
from grounded_models.onnx_reranker import OnnxReranker  # noqa: E402


def speed(options: argparse.Namespace) -> None:
    lengths = OnnxEmbedder(str(MODEL))
    query = text_of(12, lengths, 99)
    with tempfile.TemporaryDirectory() as folder:
        export(seeded_models.make_cross_encoder(Path(folder) / "source"), Path(folder) / "model", maximum_tokens=256)
        for precision in ("int8", "fp32"):
            late = LateInteractionReranker(str(MODEL), precision)
            cross = OnnxReranker(f"{folder}/model", precision)
            for tokens in (60, 200):
                passages = [text_of(tokens, lengths, seed) for seed in range(5)]
                token_ids = [late._model.ids(passage) for passage in passages]
                pairs = [cross._pairs.encode_batch_fast([(query, passage)])[0] for passage in passages]
                works = {
                    "late interaction, 1 passage": lambda: late.scores(query, passages[:1]),
                    "late interaction, 5 passages": lambda: late.scores(query, passages),
                    "its model alone, 5 passages": lambda: [late._model.run("token_embeddings", ids) for ids in token_ids],
                    "cross-encoder, 1 passage": lambda: cross.scores(query, passages[:1]),
                    "cross-encoder, 5 passages": lambda: cross.scores(query, passages),
                    "its model alone, 5 pairs": lambda: [cross._model.run("logits", pair.ids, pair.type_ids) for pair in pairs],
                }
                taken = best_of_turns(works, options.rounds)
                print(f"{precision}, passages of {tokens} tokens, one thread")
                for name, value in taken.items():
                    print(f"  {name:30} {1000 * value:8.2f} ms")
                for name, alone in (("late interaction", "its model alone, 5 passages"), ("cross-encoder", "its model alone, 5 pairs")):
                    print(f"  {name}: x{taken[f'{name}, 5 passages'] / taken[alone]:.3f} of the model's own time")


def bm25(texts: list[str], questions: list[str]) -> np.ndarray:
    """BM25 scores, questions by documents."""
    words = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
    lengths = np.array([sum(count.values()) for count in words], np.float32)
    norm = 1.2 * (1 - 0.75 + 0.75 * lengths / lengths.mean())
    postings: dict = {}
    for document, counts in enumerate(words):
        for word, count in counts.items():
            postings.setdefault(word, []).append((document, count))
    scores = np.zeros((len(questions), len(texts)), np.float32)
    for row, question in enumerate(questions):
        for word in set(re.findall(r"\w+", question.lower())):
            if word in postings:
                documents, counts = np.array(postings[word]).T
                rarity = math.log(1 + (len(texts) - len(documents) + 0.5) / (len(documents) + 0.5))
                scores[row, documents] += rarity * counts * 2.2 / (counts + norm[documents])
    return scores


def quality(options: argparse.Namespace) -> None:
    numbers, texts, queries, questions, relevant = scifact()
    queries, questions = queries[: options.queries], questions[: options.queries]
    embedder = OnnxEmbedder(str(MODEL), precision=options.precision)
    late = LateInteractionReranker(str(MODEL), precision=options.precision)
    texts = [cut(text, embedder) for text in texts]
    with ThreadPoolExecutor(2) as pool:
        # One pass gives both: the mean of the token vectors is the sentence's direction.
        states = list(pool.map(lambda text: late._model.run("token_embeddings", late._model.ids(text)).astype(np.float16), texts))
        asked_states = list(pool.map(lambda text: late._model.run("token_embeddings", late._model.ids(text)), questions))
    passages, asked = (np.stack([s.astype(np.float32).mean(0) for s in group]) for group in (states, asked_states))
    passages, asked = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True) for matrix in (passages, asked))
    dense, lexical = asked @ passages.T, bm25(texts, questions)
    ranks = [np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1) for scores in (dense, lexical)]
    fused = sum(1 / (60 + 1 + rank) for rank in ranks)

    def directions(state: np.ndarray, specials: bool) -> np.ndarray:
        state = state.astype(np.float32) if specials else state[1:-1].astype(np.float32)
        return state / np.linalg.norm(state, axis=1, keepdims=True)

    def show(name: str, order: np.ndarray) -> None:
        print(f"  {name}: nDCG@10 {ndcg([[numbers[i] for i in row[:10]] for row in order], queries, relevant):.4f}")

    print(f"{options.precision}, {len(queries)} questions")
    for name, scores in (("dense", dense), ("fused", fused)):
        first = np.argsort(-scores, axis=1, kind="stable")[:, :50]
        show(name, first)
        for specials in (False, True):
            late_scores = np.empty(first.shape, np.float32)
            for row, documents in enumerate(first):
                asked_tokens = directions(asked_states[row], specials)
                for column, document in enumerate(documents):
                    cosines = asked_tokens @ directions(states[document], specials).T
                    late_scores[row, column] = cosines.max(axis=1).mean()
            kind = "with" if specials else "without"
            show(f"{name}, late interaction {kind} special tokens", np.take_along_axis(first, np.argsort(-late_scores, axis=1, kind="stable"), 1))
            for weight in (0.3, 0.5, 0.7):
                spans = [(s - s.min(1, keepdims=True)) / np.ptp(s, axis=1, keepdims=True) for s in (np.take_along_axis(scores, first, 1), late_scores)]
                mixed = (1 - weight) * spans[0] + weight * spans[1]
                show(f"{name}, blend {weight} {kind} special tokens", np.take_along_axis(first, np.argsort(-mixed, axis=1, kind="stable"), 1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["speed", "quality"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--precision", default="int8")
    options = parser.parse_args()
    {"speed": speed, "quality": quality}[options.mode](options)


if __name__ == "__main__":
    main()
