# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Processor time per retrieval-only query of a server on Qdrant, beside the engine's own.

Indexes a BEIR set through the server into a Qdrant test server (or moves it there from a data directory that holds it: --store), asks
--queries different questions so that their embeddings are in the cache, and then asks them once more at a fixed rate, open loop. The
processor time of both processes, user and system, is read before and after from /proc. What the server takes while nobody asks, and what a
request takes that asks for nothing (/health/live), is measured for as long and shown apart.

The test server is the real engine behind a façade in Python: its processor time is mostly the façade's. Linux only.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from indexing import send, wait_ready
from latency import report, run

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "QdrantServer"))
from running import QdrantServer, free_port  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(process):
    """User and system time of a process and its threads."""
    # The name, in parentheses, may hold spaces.
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def fill(binary, arguments, qdrant, port):
    """Documents into the engine: from a store that has them, or through the server."""
    start = time.perf_counter()
    if arguments.store:
        move = [binary, "migrate", "--from", str(arguments.store), "--to", qdrant.url]
        subprocess.run(move, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    else:
        documents = [{"id": row["_id"], "title": row["title"], "text": row["text"]} for row in rows(arguments.data / "corpus.jsonl")]
        for i in range(0, len(documents), 16):
            send(port, documents[i : i + 16])
    print(f"filled in {time.perf_counter() - start:.0f} s")


def measure(arguments, port, processes):
    asked = [row["text"] for row in rows(arguments.data / "queries.jsonl")][: arguments.queries]
    bodies = [json.dumps({"query": text, "mode": arguments.mode, "generate": False, "top_k": 10}).encode() for text in asked]
    seconds = len(bodies) / arguments.rate
    _, failures = run("127.0.0.1", port, bodies, arguments.rate, seconds, 4)
    if failures:
        raise SystemExit(f"{len(failures)} queries failed while the cache was filled: {failures[:3]}")
    time.sleep(2)

    def spent(work):
        before = {name: processor_seconds(process) for name, process in processes.items()}
        result = work()
        return {name: processor_seconds(process) - before[name] for name, process in processes.items()}, result

    idle, _ = spent(lambda: time.sleep(seconds))
    empty, _ = spent(lambda: run("127.0.0.1", port, [b""], arguments.rate, seconds, 8, path="/health/live"))
    busy, (latencies, failures) = spent(lambda: run("127.0.0.1", port, bodies, arguments.rate, seconds, 8))
    report(f"{arguments.mode}, {arguments.rate:g}/s", latencies, failures)
    for name in processes:
        each = busy[name] * 1000 / len(bodies)
        print(
            f"  {name}: {each:.3f} ms of processor time per query, {each - idle[name] * 1000 / len(bodies):.3f} ms without what it "
            f"takes idle ({idle[name] / seconds * 100:.1f} % of a core)"
        )
    nothing = (empty["grounded"] - idle["grounded"]) * 1000 / len(bodies)
    print(f"  grounded: {nothing:.3f} ms for a request that asks for nothing")
    return (busy["grounded"] - idle["grounded"]) * 1000 / len(bodies), failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="BEIR folder")
    parser.add_argument("--store", type=pathlib.Path, help="data directory that holds its corpus, to be moved instead of indexed")
    parser.add_argument("--binary", default=".build/release/grounded")
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=30, help="queries per second (30)")
    parser.add_argument("--mode", default="hybrid", choices=["hybrid", "dense", "lexical"])
    parser.add_argument("--most", type=float, help="exit 1 if a query takes more milliseconds of the server's processor time than this")
    arguments = parser.parse_args()
    binary = str((ROOT / arguments.binary).resolve())
    with tempfile.TemporaryDirectory() as directory, QdrantServer() as qdrant:
        port = free_port()
        foreign = ("API_KEYS", "REDIS_URL", "QDRANT_COLLECTION", "QDRANT_API_KEY")
        environment = {name: value for name, value in os.environ.items() if name not in foreign}
        environment.update(DATA_DIR=directory, SERVER_PORT=str(port), LOG_LEVEL="error", QDRANT_URL=qdrant.url)
        if arguments.store:
            fill(binary, arguments, qdrant, port)
        server = subprocess.Popen([binary, "serve"], env=environment, cwd=ROOT)
        try:
            wait_ready(port)
            if not arguments.store:
                fill(binary, arguments, qdrant, port)
            each, failures = measure(arguments, port, {"grounded": server, "engine": qdrant.process})
        finally:
            server.terminate()
            server.wait(timeout=60)
    return 1 if failures or (arguments.most is not None and each > arguments.most) else 0


if __name__ == "__main__":
    sys.exit(main())
