"""Kills replicas and their engine at random moments while others write through all of them, and checks that nothing acknowledged is lost.

Promises checked:
  1. every acknowledged create, replace and delete is there in the end, whole, through every replica; accepted jobs are finished;
  2. an operation without an acknowledgement has either happened entirely or not at all;
  3. no document is listed twice, and none exists that nobody sent;
  4. an answer during all this is right: no two revisions of a document, nothing deleted, nothing missing; or it is a refusal that says
     when to come back. While the engine is away, it is always a refusal;
  5. `grounded verify` finds nothing, and `grounded reconcile` finds nothing after it has run once.

Every run prints its seed; `--seed` repeats its choices, though not the moments at which processes run.
"""

import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time
import urllib.parse

import leases
import race
from crasher import Document, Writer, check
from fleet import Fleet, Reader, check_refusal, is_refused

WRITERS = 5
READERS = 2
DOCUMENTS_PER_WRITER = 8
#: Acknowledgements that must come between two kills, so that all of them hit work.
PROGRESS = 6


class Tracked(Document):
    """A document whose state is certain while it is settled; the stamp changes with every change of that."""

    def __init__(self, identifier):
        super().__init__(identifier)
        self.stamp = 0
        self.is_settled = True

    def begin(self, state):
        self.is_settled = False
        self.stamp += 1
        self.pending.append(state)

    def end(self, state, is_settled=True):
        self.acknowledged, self.pending = state, []
        self.is_settled = is_settled
        self.stamp += 1


class FleetWriter(Writer):
    """Creates, replaces and deletes its own documents through whichever replica answers, until the run ends."""

    def __init__(self, number, fleet, documents, seed):
        super().__init__(number, None, documents, seed)
        self.fleet = fleet
        self.unknown = 0

    def run(self):
        try:
            while not self.fleet.ended.is_set():
                self.step()
        except (AssertionError, KeyError) as error:
            self.fleet.fail(error)

    def send(self, method, path, body=None):
        """An answer that says something; None if the writer gives up, and nobody knows whether it has happened."""
        while True:
            answer = self.random.choice(self.fleet.replicas).ask(method, path, body)
            if answer is not None and not is_refused(answer):
                return answer[0], answer[2]
            if answer is not None:
                check_refusal(f"{method} {path}", answer)
            self.unknown += 1
            if self.random.random() < 0.15:
                return None
            time.sleep(self.random.uniform(0.02, 0.3))

    def put(self, document):
        text = self.text(document)
        document.begin(text)
        answer = self.send("POST", "/index", {"documents": [{"id": document.identifier, "text": text}]})
        if answer is None:
            return
        status, reply = answer
        assert status == 200, f"index answered {status}: {reply}"
        assert reply["results"][0]["status"] in ("indexed", "unchanged"), reply
        document.end(text)
        self.acknowledgements += 1

    def accept(self, document):
        text = self.text(document)
        document.begin(text)
        answer = self.send("POST", "/index", {"documents": [{"id": document.identifier, "text": text}], "wait": False})
        if answer is None:
            return
        status, reply = answer
        assert status == 202, f"index answered {status}: {reply}"
        document.end(text, is_settled=False)
        self.acknowledgements += 1
        if self.random.random() < 0.5:
            # What comes next for the document meets the accepted work wherever it stands.
            return
        for _ in range(20):
            answer = self.send("GET", "/jobs/" + reply["job_id"])
            if answer is None:
                return
            status, job = answer
            assert status == 200, f"job answered {status}: {job}"
            if job["status"] not in ("queued", "running"):
                assert job["status"] == "done", job
                return document.end(text)
            time.sleep(0.1)

    def delete(self, document):
        may_be_absent = document.acknowledged is None or not document.is_settled
        document.begin(None)
        before = self.unknown
        answer = self.send("DELETE", "/documents/" + urllib.parse.quote(document.identifier, safe=""))
        if answer is None:
            return
        status, reply = answer
        if status == 404:
            assert may_be_absent or self.unknown > before, f"{document.identifier}: delete of what was acknowledged answered 404"
        else:
            assert status == 200, f"delete answered {status}: {reply}"
            assert all(count in (0, "pending") for count in reply["proof"].values()), reply
            self.acknowledgements += 1
        document.end(None)


def probe_without_engine(fleet):
    """With the engine gone, every replica refuses, and accepts nothing."""
    for replica in fleet.replicas:
        if not replica.is_up:
            continue
        query = {"query": "word1 word2", "mode": "lexical", "generate": False}
        accepted = {"documents": [{"id": "never", "text": "word1 word2"}], "wait": False}
        for path, body in (("/query", query), ("/index", accepted)):
            answer = replica.ask("POST", path, body)
            if answer is not None:
                assert answer[0] == 503, f"{path} answered {answer[0]} without an engine: {answer[2]}"
                check_refusal(path, answer)


def kill_all(fleet, writers, arguments, generator):
    """Makes the kills one after another, each after some progress."""
    kills = ["replica"] * arguments.kills + ["engine"] * arguments.engine_kills
    generator.shuffle(kills)
    done = 0
    for number, kind in enumerate(kills, 1):
        deadline = time.monotonic() + 120
        while sum(writer.acknowledgements for writer in writers) < done + PROGRESS:
            fleet.check_fault()
            assert time.monotonic() < deadline, f"fewer than {PROGRESS} acknowledgements in 120 s"
            time.sleep(0.02)
        time.sleep(generator.uniform(0, arguments.seconds))
        done = sum(writer.acknowledgements for writer in writers)
        if kind == "engine":
            fleet.engine.kill()
            if generator.random() < 0.5:
                probe_without_engine(fleet)
            fleet.engine.start()
        else:
            running = [replica for replica in fleet.replicas if replica.is_up]
            # Now and then one that is just starting.
            generator.choice(running if running and generator.random() < 0.9 else fleet.replicas).kill()
        print(f"replicas: {number}/{len(kills)} killed: {kind}; {done} acknowledged", flush=True)


def crash(arguments, base):
    generator = random.Random(arguments.seed)
    documents = [Tracked(f"w{writer}d{number}") for number in range(DOCUMENTS_PER_WRITER) for writer in range(WRITERS)]
    start = time.monotonic()
    with Fleet(arguments.binary, base) as fleet:
        fleet.wait_up()
        writers = [FleetWriter(number, fleet, documents[number::WRITERS], generator.random()) for number in range(WRITERS)]
        readers = [Reader(fleet, documents, generator.random()) for _ in range(READERS)]
        threads = writers + readers
        for thread in threads:
            thread.start()
        try:
            kill_all(fleet, writers, arguments, generator)
        finally:
            fleet.ended.set()
        for thread in threads:
            thread.join(timeout=120)
            assert not thread.is_alive(), "a writer or reader hangs"
        fleet.check_fault()
        fleet.wait_up()
        fleet.wait_answering()
        drained = fleet.drain()
        # The first settles what was never acknowledged; the others must say the same.
        for replica in fleet.replicas:
            check(replica.server, documents)
        removed = fleet.close_and_verify()
        restarts = sum(replica.failed_starts for replica in fleet.replicas)
    total = sum(writer.acknowledgements for writer in writers)
    print(
        f"replicas: {arguments.kills} kills of replicas and {arguments.engine_kills} of the engine in {time.monotonic() - start:.0f} s: "
        f"{total} acknowledgements, {sum(writer.unknown for writer in writers)} requests without one, 0 lost, 0 half visible, 0 twice; "
        f"{sum(reader.answers for reader in readers)} answers ({sum(reader.certain for reader in readers)} compared with what was "
        f"acknowledged) and {sum(reader.refusals for reader in readers)} refusals; drained in {drained:.0f} s, {restarts} failed starts, "
        f"{removed} left-overs removed, then 0"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--kills", type=int, default=0, help="kills of a replica")
    parser.add_argument("--engine-kills", type=int, default=0)
    parser.add_argument("--race", type=int, default=0, help="documents that all replicas write at the same moment")
    parser.add_argument("--leases", action="store_true", help="also see that the others finish what a killed replica worked on")
    parser.add_argument("--seconds", type=float, default=1.5, help="a kill comes within this time after the last one and some progress")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    arguments = parser.parse_args()
    print(f"replicas: seed {arguments.seed}", flush=True)
    base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-replicas-"))
    try:
        if arguments.kills + arguments.engine_kills > 0:
            crash(arguments, folder(base, "crash"))
        if arguments.race > 0:
            race.race(arguments, folder(base, "race"))
        if arguments.leases:
            leases.move(arguments, folder(base, "leases"))
    except AssertionError as error:
        print(f"replicas: FAILED with seed {arguments.seed}: {error}\n(data and logs kept in {base})", flush=True)
        return 1
    if not arguments.keep:
        shutil.rmtree(base)
    return 0


def folder(base, name):
    folder = base / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
