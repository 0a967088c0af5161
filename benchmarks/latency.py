"""Latency of retrieval-only queries at a fixed rate, from this process, over a running server that holds a BEIR set.

Open loop: every request has its send time fixed in advance, and its latency counts from then, so a stall is not hidden.
Prints p50, p95, p99 and the largest, in milliseconds, once idle and, with --bulk, while a bulk index runs.
"""

import argparse
import asyncio
import json
import pathlib
import sys
import time


class Connection:
    """One keep-alive HTTP/1.1 connection."""

    def __init__(self, host, port):
        self.host, self.port = host, port
        self.reader = self.writer = None

    async def post(self, path, body):
        """Sends a body, or asks for the path where there is none."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        method = "POST" if body else "GET"
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        status = int((await self.reader.readline()).split()[1])
        length = 0
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, await self.reader.readexactly(length)


async def run(host, port, bodies, rate, seconds, connections, path="/query"):
    """Latencies in milliseconds, sorted, and how many requests failed."""
    pool = asyncio.Queue()
    for _ in range(connections):
        pool.put_nowait(Connection(host, port))
    latencies, failures, tasks = [], 0, []
    start = time.perf_counter() + 0.1

    async def one(due, body):
        nonlocal failures
        connection = await pool.get()
        try:
            status, _ = await connection.post(path, body)
            failures += status != 200
        finally:
            pool.put_nowait(connection)
        latencies.append((time.perf_counter() - due) * 1000)

    for number in range(int(rate * seconds)):
        due = start + number / rate
        delay = due - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        tasks.append(asyncio.create_task(one(due, bodies[number % len(bodies)])))
    await asyncio.gather(*tasks)
    return sorted(latencies), failures


async def bulk(host, port, documents, stop):
    """Indexes documents again and again under new ids until told to stop; returns how many."""
    connection, count = Connection(host, port), 0
    while not stop.is_set():
        batch = [
            {"id": f"bulk-{count + i}", "text": f"{documents[(count + i) % len(documents)]} {count + i}"} for i in range(16)
        ]
        status, reply = await connection.post("/index", json.dumps({"documents": batch}).encode())
        if status != 200:
            raise RuntimeError(f"bulk index answered {status}: {reply[:300]!r}")
        count += len(batch)
    return count


def report(name, latencies, failures):
    at = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))]
    row = {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": latencies[-1]}
    figures = "  ".join(f"{key} {value:.2f} ms" for key, value in row.items())
    print(f"{name}: {len(latencies)} requests, {failures} failed  {figures}")
    return row


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="BEIR folder whose corpus the server holds")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--mode", default="hybrid", choices=["hybrid", "dense", "lexical"])
    parser.add_argument("--bulk", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.data / "qrels" / "test.tsv", encoding="utf-8") as file:
        wanted = {line.split("\t")[0] for line in file}
    with open(arguments.data / "queries.jsonl", encoding="utf-8") as file:
        queries = [row["text"] for row in map(json.loads, file) if row["_id"] in wanted]
    bodies = [
        json.dumps({"query": query, "mode": arguments.mode, "generate": False, "top_k": 10}).encode() for query in queries
    ]
    await run("127.0.0.1", arguments.port, bodies, 50, len(bodies) / 50, 4)  # fill the embedding cache
    rows = {}
    # What this client and an empty request cost, to be seen beside the rest.
    empty = await run("127.0.0.1", arguments.port, [b""], arguments.rate, 5, arguments.connections, "/health/live")
    rows["empty"] = report("GET /health/live", *empty)
    rows["idle"] = report("idle", *await run("127.0.0.1", arguments.port, bodies, arguments.rate, arguments.seconds, arguments.connections))
    if arguments.bulk:
        with open(arguments.data / "corpus.jsonl", encoding="utf-8") as file:
            documents = [row["text"] for row in map(json.loads, file)]
        stop = asyncio.Event()
        task = asyncio.create_task(bulk("127.0.0.1", arguments.port, documents, stop))
        rows["bulk"] = report(
            "while a bulk index runs",
            *await run("127.0.0.1", arguments.port, bodies, arguments.rate, arguments.seconds, arguments.connections),
        )
        stop.set()
        print(f"documents indexed meanwhile: {await task}")
    print(json.dumps(rows))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
