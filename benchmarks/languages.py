# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""nDCG@10 of BM25 alone for each language of a BEIR set whose questions name theirs in `metadata.lang`.

Indexes the set through a server of its own and asks every question with `mode: lexical`. No vector plays a part, so the server runs with the
tests' embedder, which costs nothing.
"""

import argparse
import collections
import concurrent.futures
import http.client
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

from indexing import send, wait_ready
from qdrant_cpu import rows

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "QdrantServer"))
from running import free_port  # noqa: E402


def judgements(folder):
    relevant = collections.defaultdict(dict)
    lines = (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for query, document, grade in (line.split("\t") for line in lines):
        if int(grade) > 0:
            relevant[query][document] = int(grade)
    return relevant


def ndcg(documents, relevant):
    gain = sum(relevant.get(document, 0) / math.log2(place + 2) for place, document in enumerate(documents[:10]))
    best = sum(grade / math.log2(place + 2) for place, grade in enumerate(sorted(relevant.values(), reverse=True)[:10]))
    return gain / best


def ask(port, questions):
    """The documents found for each question, in order."""
    local = threading.local()

    def one(question):
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"query": question["text"], "mode": "lexical", "generate": False, "top_k": 10})
        local.connection.request("POST", "/query", body, {"Content-Type": "application/json"})
        response = local.connection.getresponse()
        reply = json.loads(response.read())
        if response.status != 200:
            raise SystemExit(f"{response.status}: {reply}")
        return [passage["document_id"] for passage in reply["passages"]]

    with concurrent.futures.ThreadPoolExecutor(4) as clients:
        return list(clients.map(one, questions))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path, help="BEIR folder")
    parser.add_argument("--binary", default=".build/release/grounded")
    arguments = parser.parse_args()
    relevant = judgements(arguments.data)
    questions = [row for row in rows(arguments.data / "queries.jsonl") if row["_id"] in relevant]
    documents = [
        {"id": row["_id"], "title": row.get("title", ""), "text": row["text"]}
        for row in rows(arguments.data / "corpus.jsonl")
        if row["text"].strip()
    ]
    foreign = ("API_KEYS", "REDIS_URL", "QDRANT_URL")
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment.update(EMBEDDING_BACKEND="python:crash_embedder:HashEmbedder", PYTHONPATH=str(ROOT / "Tests" / "Crash"))
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        environment.update(DATA_DIR=directory, SERVER_PORT=str(port), LOG_LEVEL="error")
        server = subprocess.Popen([str((ROOT / arguments.binary).resolve()), "serve"], env=environment, cwd=ROOT)
        try:
            wait_ready(port)
            for i in range(0, len(documents), 16):
                send(port, documents[i : i + 16])
            found = ask(port, questions)
        finally:
            server.terminate()
            server.wait(timeout=60)
    figures = collections.defaultdict(list)
    for question, documents in zip(questions, found, strict=True):
        language = (question.get("metadata") or {}).get("lang", "?")
        figures[language].append(ndcg(documents, relevant[question["_id"]]))
    for language, values in sorted(figures.items()):
        print(f"{language}  {sum(values) / len(values):.4f}  {len(values)} questions")
    everything = [value for values in figures.values() for value in values]
    print(f"all {sum(everything) / len(everything):.4f}  {len(everything)} questions")


if __name__ == "__main__":
    main()
