"""Kills the server at random moments, or at every named commit point, during ingestion, and checks its promises.

Promises checked after every restart:
  1. every acknowledged create, replace and delete is there, whole, and accepted jobs are finished;
  2. an operation that was cut off has either happened entirely or not at all;
  3. no document exists that nobody sent;
  4. the store agrees with itself: `grounded verify` compares every index entry with the rows, and searches with a full scan.

Every run prints its seed; `--seed` repeats it.
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
WRITERS = 4
DOCUMENTS_PER_WRITER = 12


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_for(directory, crash_at=None, **settings):
    """The settings of a run: a quick embedder, small chunks, and the commit point to die at, if any."""
    environment = dict(os.environ)
    for name in list(environment):
        if name in ("API_KEYS", "LM_MODEL", "GROUNDED_CRASH_AT") or name.startswith(("OPENAI_", "QDRANT_", "REDIS_")):
            del environment[name]
    environment.update(
        DATA_DIR=str(directory),
        EMBEDDING_BACKEND="python:crash_embedder:HashEmbedder",
        CHUNK_TOKENS="40",
        PYTHONPATH=str(ROOT / "Tests" / "Crash"),
        LOG_LEVEL="warning",
    )
    environment.update(settings)
    if crash_at:
        environment["GROUNDED_CRASH_AT"] = crash_at
    return environment


class Server:
    """One run of the server over the data directory, or over what the settings name."""

    def __init__(self, binary, directory, crash_at=None, port=None, **settings):
        self.port = port or free_port()
        environment = environment_for(directory, crash_at, SERVER_PORT=str(self.port), **settings)
        self.log = open(directory.parent / "server.log", "ab")
        self.process = subprocess.Popen([binary, "serve"], env=environment, stdout=self.log, stderr=self.log, cwd=ROOT)

    def wait_ready(self, limit=60):
        start = time.monotonic()
        while time.monotonic() - start < limit:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode} while starting; see its log")
            try:
                status, _ = self.request("GET", "/health/ready")
                if status == 200:
                    return time.monotonic() - start
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"not ready within {limit} s")

    def request(self, method, path, body=None, timeout=30):
        status, _, reply = self.exchange(method, path, body, timeout)
        return status, reply

    def exchange(self, method, path, body=None, timeout=30):
        """One request; the reply's status, headers and body, which is read if it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body).encode()
            headers = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            raw = response.read()
            if response.headers.get_content_type().endswith("json"):
                return response.status, response.headers, json.loads(raw)
            return response.status, response.headers, raw
        finally:
            connection.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=60)
        self.log.close()
        if code != 0:
            raise AssertionError(f"graceful stop ended with {code}")


class Document:
    """What is known of one document: its acknowledged state, and what may also be true."""

    def __init__(self, identifier):
        self.identifier = identifier
        self.version = 0
        self.acknowledged = None  # text, or None for absent
        self.pending = []  # other states that an unacknowledged operation may have left
        self.accepted = None  # text of an accepted job that must be there in the end


class Writer(threading.Thread):
    """Creates, replaces and deletes its own documents until the server dies."""

    def __init__(self, number, server, documents, seed):
        super().__init__(daemon=True)
        self.number = number
        self.server = server
        self.documents = documents
        self.random = random.Random(seed)
        self.acknowledgements = 0
        self.fault = None

    def run(self):
        try:
            while True:
                self.step()
        except (OSError, http.client.HTTPException):
            return  # the server was killed
        except AssertionError as error:
            self.fault = error

    def step(self):
        document = self.random.choice(self.documents)
        choice = self.random.random()
        if choice < 0.2:
            self.delete(document)
        elif choice < 0.35:
            self.accept(document)
        else:
            self.put(document)

    def text(self, document):
        document.version += 1
        words = self.random.choice([30, 120, 400, 1500])
        marker = f"{document.identifier}v{document.version}"
        body = " ".join(f"word{self.random.randrange(3000)}" for _ in range(words))
        # Every chunk carries the version's own word, so a half-visible document shows.
        lines = [f"{marker} {line}." for line in re.findall(r"(?:\S+\s*){1,12}", body)]
        return "\n\n".join(line.strip() for line in lines)

    def send(self, method, path, body=None):
        """A request; one that is refused because the server is at its limit is sent again."""
        while True:
            status, reply = self.server.request(method, path, body)
            if status not in (429, 503):
                return status, reply
            time.sleep(0.02)

    def put(self, document):
        text = self.text(document)
        document.pending = [text]
        status, reply = self.send("POST", "/index", {"documents": [{"id": document.identifier, "text": text}]})
        assert status == 200, f"index answered {status}: {reply}"
        result = reply["results"][0]
        assert result["status"] == "indexed", result
        document.acknowledged, document.pending = text, []
        self.acknowledgements += 1

    def accept(self, document):
        text = self.text(document)
        document.pending = [text]
        body = {"documents": [{"id": document.identifier, "text": text}], "wait": False}
        status, reply = self.send("POST", "/index", body)
        assert status == 202, f"index answered {status}: {reply}"
        document.accepted = text
        self.acknowledgements += 1
        path = "/jobs/" + reply["job_id"]
        while True:
            status, job = self.server.request("GET", path)
            assert status == 200, f"job answered {status}: {job}"
            if job["status"] not in ("queued", "running"):
                assert job["status"] == "done", job
                break
            time.sleep(0.01)
        document.acknowledged, document.pending, document.accepted = text, [], None

    def delete(self, document):
        document.pending = [None]
        status, reply = self.send("DELETE", "/documents/" + urllib.parse.quote(document.identifier, safe=""))
        if document.acknowledged is None:
            assert status == 404, f"delete of nothing answered {status}"
        else:
            assert status == 200, f"delete answered {status}: {reply}"
            assert all(count in (0, "pending") for count in reply["proof"].values()), reply
            self.acknowledgements += 1
        document.acknowledged, document.pending = None, []


def check(server, documents):
    """The promises that can be seen from outside."""
    wait_for_jobs(server)
    known = {document.identifier: document for document in documents}
    present = list_documents(server)
    assert len(present) == len(set(present)), "a document is listed twice"
    for identifier in present:
        assert identifier in known, f"phantom document {identifier}"
    for identifier, document in known.items():
        status, raw = server.request("GET", f"/documents/{urllib.parse.quote(identifier, safe='')}/text")
        found = raw.decode() if status == 200 else None
        assert status in (200, 404), f"{identifier}: text answered {status}"
        assert (found is not None) == (identifier in present), f"{identifier}: listing and text disagree"
        allowed = [document.accepted] if document.accepted is not None else [document.acknowledged, *document.pending]
        assert found in allowed, f"{identifier}: holds {str(found)[:60]!r}, expected one of {[str(a)[:60] for a in allowed]}"
        document.acknowledged, document.pending, document.accepted = found, [], None
    for document in documents[:: max(1, len(documents) // 16)]:
        check_search(server, document)


def check_search(server, document):
    """The current version is found whole; older versions are not found at all."""
    versions = range(max(1, document.version - 2), document.version + 1)
    for version in versions:
        word = f"{document.identifier}v{version}"
        body = {"query": word, "mode": "lexical", "generate": False, "group": "chunk", "top_k": 100}
        status, reply = server.request("POST", "/query", body)
        assert status == 200, f"query answered {status}: {reply}"
        texts = [passage["text"] for passage in reply["passages"] if word in passage["text"].split()]
        current = document.acknowledged is not None and word in document.acknowledged.split()
        if current:
            assert texts, f"{word} is published but not found"
            for text in texts:
                assert text in document.acknowledged, f"{word}: a passage is not in the text"
        else:
            assert not texts, f"{word} is gone but still found"


def list_documents(server):
    found, after = [], None
    while True:
        query = "?limit=100" + (f"&after={urllib.parse.quote(after, safe='')}" if after else "")
        status, page = server.request("GET", "/documents" + query)
        assert status == 200, f"listing answered {status}: {page}"
        found += [document["id"] for document in page["documents"]]
        after = page["next"]
        if after is None:
            return found


def wait_for_jobs(server, limit=60):
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        _, text = server.request("GET", "/metrics")
        match = re.search(r"^rag_ingest_log_depth(?:\{[^}]*\})? ([0-9.]+)", text.decode(), re.M)
        if match and float(match.group(1)) == 0:
            return
        time.sleep(0.05)
    raise AssertionError("accepted jobs did not finish")


def verify(binary, directory):
    """The store's own comparison of its indexes with the rows and of its searches with a full scan."""
    result = subprocess.run([binary, "verify"], env=environment_for(directory), capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, f"verify found faults:\n{result.stdout}{result.stderr}"


def crash_points():
    for path in (ROOT / "Sources" / "RAGEmbedded").rglob("CrashPoint.swift"):
        return re.findall(r'case \w+ = "([a-z-]+)"', path.read_text())
    return []


def restart_and_check(binary, directory, documents):
    """Starts again, checks every promise, stops gracefully; returns the seconds to ready."""
    server = Server(binary, directory)
    ready = server.wait_ready()
    check(server, documents)
    server.stop()
    verify(binary, directory)
    return ready


def die_while_reembedding(binary, directory, crash_at):
    """Kills `reembed` just before it puts the new generation in force: the old one must still serve."""
    environment = environment_for(directory, crash_at.split(":")[0] + ":1", CHUNK_TOKENS="48")
    result = subprocess.run([binary, "reembed"], env=environment, capture_output=True, cwd=ROOT)
    return result.returncode == -signal.SIGKILL


def round_of(arguments, directory, documents, generator, crash_at=None):
    """Writers run until the server dies; then it is restarted and checked. Returns acknowledgements and time to ready."""
    if crash_at and crash_at.startswith("before-generation-switch"):
        fired = die_while_reembedding(arguments.binary, directory, crash_at)
        ready = restart_and_check(arguments.binary, directory, documents)
        return 0, ready, fired
    server = Server(arguments.binary, directory, crash_at)
    try:
        server.wait_ready()
    except AssertionError:
        # A commit point may be reached before the server is ready: that is a kill like any other.
        if not crash_at or server.process.returncode != -signal.SIGKILL:
            raise
    writers = [
        Writer(number, server, documents[number::WRITERS], generator.random()) for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    fired = True
    if crash_at:
        try:
            if "snapshot" in crash_at:
                # Snapshots are written at intervals and at a graceful stop; the latter is quicker to come.
                time.sleep(1.5)
                server.process.terminate()
            server.process.wait(timeout=90)
            fired = server.process.returncode == -signal.SIGKILL
            server.log.close()
        except subprocess.TimeoutExpired:
            fired = False
            server.kill()
    else:
        time.sleep(generator.uniform(0.05, arguments.seconds))
        server.kill()
    for writer in writers:
        writer.join(timeout=60)
        assert not writer.is_alive(), "a writer hangs"
        if writer.fault and not (crash_at and "snapshot" in crash_at):
            raise writer.fault
    ready = restart_and_check(arguments.binary, directory, documents)
    return sum(writer.acknowledgements for writer in writers), ready, fired


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--points", action="store_true", help="also kill once at every named commit point")
    parser.add_argument("--seconds", type=float, default=2.0, help="a kill comes within this time after ready")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", action="store_true", help="keep the data directory")
    arguments = parser.parse_args()
    print(f"crash: seed {arguments.seed}", flush=True)
    generator = random.Random(arguments.seed)
    base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-crash-"))
    directory = base / "data"
    directory.mkdir()
    documents = [
        Document(f"w{writer}d{number}") for number in range(DOCUMENTS_PER_WRITER) for writer in range(WRITERS)
    ]
    total, slowest, missed = 0, 0.0, []
    rounds = [None] * arguments.kills
    if arguments.points:
        points = crash_points()
        assert points, "no named commit points were found"
        # What happens at every commit may be met at its third time as well as at its first; upkeep happens once.
        often = ("before-commit", "after-commit", "before-index-apply", "before-ack", "after-ack")
        rounds += [f"{point}:{generator.randint(1, 3) if point in often else 1}" for point in points]
    try:
        for number, point in enumerate(rounds, 1):
            acknowledged, ready, fired = round_of(arguments, directory, documents, generator, point)
            if not fired:
                missed.append(point)
            total += acknowledged
            slowest = max(slowest, ready)
            what = f"at {point}" if point else "at random"
            print(f"crash: {number}/{len(rounds)} killed {what}: {acknowledged} acknowledged, ready in {ready:.2f} s", flush=True)
    except AssertionError as error:
        print(f"crash: FAILED with seed {arguments.seed}: {error}\n(data and log kept in {base})", flush=True)
        return 1
    if missed:
        print(f"crash: these points were never reached: {', '.join(missed)}")
        return 1
    if not arguments.keep:
        shutil.rmtree(base)
    print(f"crash: {len(rounds)} kills, {total} acknowledgements, 0 lost, 0 half visible, slowest start {slowest:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
