"""Latency of retrieval-only queries at a fixed rate, from this process, over a running server that holds a BEIR set.

Open loop: every request has its send time fixed in advance, and its latency counts from then, so a stall is not hidden.
Prints p50, p95, p99 and the largest, in milliseconds, once idle and, with --bulk, while a bulk index runs.
"""

import argparse
import json
import pathlib
import re
import socket
import sys
import threading
import time


class Connection:
    """One keep-alive HTTP/1.1 connection over a blocking socket. `headers` are whole lines that every request has."""

    def __init__(self, host, port, headers="", timeout=None):
        self.host = host
        self.headers = headers
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, path, body):
        """Sends a body, or asks for the path where there is none; returns the status and the reply's body."""
        method = "POST" if body else "GET"
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{self.headers}\r\n"
        self.socket.sendall(head.encode() + body)
        reply = b""
        while (end := reply.find(b"\r\n\r\n")) < 0:
            reply += self.receive()
        lengths = re.search(rb"content-length: *(\d+)", reply[:end], re.IGNORECASE)
        total = end + 4 + (int(lengths[1]) if lengths else 0)
        while len(reply) < total:
            reply += self.receive()
        return int(reply.split(b" ", 2)[1]), reply[end + 4 :]

    def receive(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part

    def close(self):
        self.socket.close()


def run(host, port, bodies, rate, seconds, connections, path="/query", headers="", patience=60):
    """Latencies in milliseconds of the requests that succeeded, sorted, and what became of the others: statuses and errors.

    Threads and blocking sockets: an event loop's timers are whole milliseconds, which is as long as what is measured. What could not be
    sent within `patience` seconds after its time, because every connection still waited, is not sent: a server that is far too
    slow does not make the run endless.
    """
    numbers, lock = iter(range(int(rate * seconds))), threading.Lock()
    latencies, failures = [], []
    start = time.perf_counter() + 0.1

    def work():
        connection = None
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                if connection:
                    connection.close()
                return
            due = start + number / rate
            delay = due - time.perf_counter()
            if delay > 0:
                time.sleep(delay)
            elif -delay > patience:
                failures.append("not sent in time")
                continue
            try:
                connection = connection or Connection(host, port, headers, patience)
                status, _ = connection.send(path, bodies[number % len(bodies)])
            except OSError as error:
                failures.append(type(error).__name__)
                if connection:
                    connection.close()
                connection = None
                continue
            if status == 200:
                latencies.append((time.perf_counter() - due) * 1000)
            else:
                failures.append(status)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(latencies), failures


def bulk(host, port, documents, stop, counts):
    """Indexes documents again and again under new ids until told to stop; counts them."""
    connection, count = Connection(host, port), 0
    while not stop.is_set():
        batch = [
            {"id": f"bulk-{count + i}", "text": f"{documents[(count + i) % len(documents)]} {count + i}"} for i in range(16)
        ]
        status, reply = connection.send("/index", json.dumps({"documents": batch}).encode())
        if status != 200:
            raise RuntimeError(f"bulk index answered {status}: {reply[:300]!r}")
        count += len(batch)
        counts.append(len(batch))


def report(name, latencies, failures):
    at = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))]
    row = {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": latencies[-1]} if latencies else {}
    figures = "  ".join(f"{key} {value:.2f} ms" for key, value in row.items())
    print(f"{name}: {len(latencies) + len(failures)} requests, {len(failures)} failed  {figures}")
    return row


def main():
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
    run("127.0.0.1", arguments.port, bodies, 50, len(bodies) / 50, 4)  # fill the embedding cache
    rows = {}
    # What this client and an empty request cost, to be seen beside the rest.
    empty = run("127.0.0.1", arguments.port, [b""], arguments.rate, 5, arguments.connections, "/health/live")
    rows["empty"] = report("GET /health/live", *empty)
    rows["idle"] = report("idle", *run("127.0.0.1", arguments.port, bodies, arguments.rate, arguments.seconds, arguments.connections))
    if arguments.bulk:
        with open(arguments.data / "corpus.jsonl", encoding="utf-8") as file:
            documents = [row["text"] for row in map(json.loads, file)]
        stop = threading.Event()
        counts = []
        writer = threading.Thread(target=bulk, args=("127.0.0.1", arguments.port, documents, stop, counts))
        writer.start()
        rows["bulk"] = report(
            "while a bulk index runs",
            *run("127.0.0.1", arguments.port, bodies, arguments.rate, arguments.seconds, arguments.connections),
        )
        stop.set()
        writer.join()
        print(f"documents indexed meanwhile: {sum(counts)}")
    print(json.dumps(rows))


if __name__ == "__main__":
    sys.exit(main())
