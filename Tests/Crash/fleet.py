"""Three replicas over one Qdrant server and one Redis, any of which may be killed at any time, and queries that go on meanwhile."""

import contextlib
import http.client
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

from crasher import ROOT, Server, environment_for, free_port

sys.path.insert(0, str(ROOT / "Tests" / "QdrantServer"))
import running  # noqa: E402

COLLECTION = "replicas"
#: What an answer may say while a replica or the engine is away, beside being right.
PASSING = (429, 503, 504)
PASSING_CODES = ("unavailable", "overloaded", "deadline_exceeded")


class Replica:
    """A server on a port of its own that is started again as soon as it ends."""

    def __init__(self, fleet, number, **settings):
        self.fleet = fleet
        self.number = number
        self.port = free_port()
        self.settings = settings
        self.directory = fleet.base / f"replica{number}" / "data"
        self.directory.mkdir(parents=True, exist_ok=True)
        self.is_up = False
        self.deaths = 0
        self.failed_starts = 0
        self.is_restarted = True
        self.server = None
        self.watch = threading.Thread(target=self.keep_running, daemon=True)
        self.watch.start()

    def keep_running(self):
        try:
            while True:
                deaths = self.deaths
                self.server = Server(self.fleet.binary, self.directory, None, self.port, **self.fleet.settings, **self.settings)
                became_ready = self.wait_ready()
                self.is_up = became_ready and self.deaths == deaths
                code = self.server.process.wait()
                self.is_up = False
                if not self.is_restarted:
                    return
                if self.deaths == deaths:
                    # Nobody killed it. While the engine is away it may refuse to start, but what runs goes on running.
                    assert not became_ready, f"replica {self.number} ended by itself with {code}; see its log"
                    self.failed_starts += 1
                    time.sleep(0.2)
        except (AssertionError, OSError) as error:
            self.fleet.fail(error)

    def wait_ready(self):
        while self.server.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.server.request("GET", "/health/ready")[0] == 200:
                    return True
            time.sleep(0.05)
        return False

    def kill(self, is_restarted=True):
        self.is_restarted = is_restarted
        self.is_up = False
        self.deaths += 1
        if self.server is not None:
            self.server.process.kill()

    def stop(self):
        self.is_restarted = False
        self.server.process.terminate()
        code = self.server.process.wait(timeout=60)
        assert code == 0, f"the graceful stop of replica {self.number} ended with {code}"

    def ask(self, method, path, body=None):
        """Status, headers and body; None if the replica was killed meanwhile or has not started yet."""
        deaths, was_up = self.deaths, self.is_up
        if self.server is None:
            return None
        try:
            return self.server.exchange(method, path, body, timeout=90)
        except TimeoutError as error:
            raise AssertionError(f"replica {self.number} left {method} {path} unanswered for 90 s") from error
        except (OSError, http.client.HTTPException) as error:
            if was_up and self.is_up and self.deaths == deaths:
                raise AssertionError(f"replica {self.number} broke off {method} {path}: {error!r}") from error
            return None


class Fleet:
    """The replicas, and what they stand on. The first fault of any thread is kept."""

    def __init__(self, binary, base, replicas=3, **settings):
        self.binary = str(pathlib.Path(binary).resolve())
        self.base = pathlib.Path(base)
        self.fault = None
        self.ended = threading.Event()
        self.engine = running.QdrantServer(self.base / "qdrant")
        self.settings = {"QDRANT_URL": self.engine.url, "QDRANT_COLLECTION": COLLECTION, **settings}
        self.redis = None
        if shutil.which("redis-server"):
            port = str(free_port())
            command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.base)]
            self.redis = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # With a secret of their own, replicas read each other's cached answers.
            self.settings.update(REDIS_URL=f"redis://127.0.0.1:{port}", CACHE_SECRET="0123456789abcdef" * 4)
        self.replicas = [Replica(self, number) for number in range(replicas)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for replica in self.replicas:
            replica.kill(is_restarted=False)
        for replica in self.replicas:
            replica.watch.join(timeout=30)
        self.engine.close()
        if self.redis:
            self.redis.terminate()
            self.redis.wait()

    def fail(self, fault):
        self.fault = self.fault or fault
        self.ended.set()

    def check_fault(self):
        if self.fault:
            raise AssertionError(str(self.fault))

    def wait_up(self, limit=120):
        deadline = time.monotonic() + limit
        while not all(replica.is_up for replica in self.replicas):
            self.check_fault()
            assert time.monotonic() < deadline, "not all replicas became ready"
            time.sleep(0.05)

    def wait_answering(self, limit=45):
        """Until every replica has found out that the engine is there again."""
        deadline = time.monotonic() + limit
        for replica in self.replicas:
            while (answer := replica.ask("GET", "/documents?limit=1")) is None or answer[0] != 200:
                assert time.monotonic() < deadline, f"replica {replica.number} still answers {answer} with everything up"
                time.sleep(0.1)

    def count(self, *conditions):
        """How many records fulfil all of `key=value` or `key=[values]`, asked of the engine itself."""
        must = [{"key": key, "match": {"any": value} if isinstance(value, list) else {"value": value}} for key, value in conditions]
        request = urllib.request.Request(
            f"{self.engine.url}/collections/{COLLECTION}/points/count",
            json.dumps({"filter": {"must": must}, "exact": True}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["result"]["count"]

    def drain(self, limit=180):
        """Waits until no accepted document waits or is worked on; returns the seconds that took."""
        start = time.monotonic()
        while self.count(("kind", "item"), ("state", ["waiting", "held", "taken"])) > 0:
            self.check_fault()
            assert time.monotonic() - start < limit, f"accepted documents were not finished within {limit} s"
            time.sleep(0.2)
        return time.monotonic() - start

    def command(self, *arguments, **settings):
        environment = environment_for(self.base / "command", **self.settings, **settings)
        return subprocess.run(
            [self.binary, *arguments], env=environment, capture_output=True, text=True, cwd=ROOT, timeout=300
        )

    def stop(self):
        for replica in self.replicas:
            replica.stop()

    def verify(self):
        result = self.command("verify")
        assert result.returncode == 0, f"verify found faults:\n{result.stdout}{result.stderr}"

    def reconcile(self):
        """Removes what was left over; returns how much."""
        result = self.command("reconcile", "--grace", "0")
        assert result.returncode == 0, f"reconcile failed:\n{result.stdout}{result.stderr}"
        return int(re.search(r"removed (\d+) left-overs", result.stdout).group(1))

    def close_and_verify(self):
        """Stops all replicas; the store must agree with itself, before and after left-overs are removed. Returns how many there were."""
        self.stop()
        self.verify()
        removed = self.reconcile()
        again = self.reconcile()
        assert again == 0, f"reconcile removed {removed} left-overs, then {again} more"
        self.verify()
        return removed


def is_refused(answer):
    """Whether the answer says that it cannot be done now: as a whole, or for the document that was sent."""
    status, _, reply = answer
    if status in PASSING:
        return True
    results = reply.get("results", []) if isinstance(reply, dict) else []
    return any(result["status"] == "failed" and result["error"]["code"] in PASSING_CODES for result in results)


def check_refusal(what, answer):
    """A refusal says when to come back; nothing else may be said where the engine cannot be asked."""
    status, headers, reply = answer
    if status == 200 and is_refused(answer):
        return
    assert status in PASSING, f"{what} answered {status}: {reply}"
    if status != 504:
        assert headers["Retry-After"], f"{what} answered {status} without Retry-After: {reply}"


class Reader(threading.Thread):
    """Asks for documents while everything is being killed: an answer is right, or it is a refusal."""

    def __init__(self, fleet, documents, seed):
        super().__init__(daemon=True)
        self.fleet = fleet
        self.documents = documents
        self.random = random.Random(seed)
        self.answers = 0
        self.certain = 0
        self.refusals = 0

    def run(self):
        try:
            while not self.fleet.ended.is_set():
                self.step()
                time.sleep(0.02)
        except AssertionError as error:
            self.fleet.fail(error)

    def step(self):
        document = self.random.choice(self.documents)
        # In this order: what changes between the two readings of the stamp makes the state uncertain.
        stamp = document.stamp
        is_settled, text = document.is_settled, document.acknowledged
        markers = [f"{document.identifier}v{version}" for version in range(max(1, document.version - 3), document.version + 1)]
        if not markers:
            return
        body = {"query": " ".join(markers), "mode": "lexical", "generate": False, "group": "chunk", "top_k": 100}
        answer = self.random.choice(self.fleet.replicas).ask("POST", "/query", body)
        if answer is None:
            return
        if answer[0] != 200:
            self.refusals += 1
            return check_refusal("a query", answer)
        self.answers += 1
        own = re.compile(re.escape(document.identifier) + r"v\d+")
        passages = [passage["text"] for passage in answer[2]["passages"] if passage["document_id"] == document.identifier]
        found = {word for passage in passages for word in own.findall(passage)}
        assert len(found) <= 1, f"one answer mixes {sorted(found)}"
        if not is_settled or document.stamp != stamp:
            return
        self.certain += 1
        expected = set() if text is None else {own.search(text).group()}
        assert found == expected, f"an answer holds {sorted(found)}, acknowledged is {sorted(expected)}"
        assert all(passage in text for passage in passages), f"a passage of {sorted(found)} is not in the text"
