"""All replicas write the same documents with different contents at the same moment: each ends as exactly one of the writes, whole.

Before that, some documents are accepted by one replica and at once written or deleted through another: the later one stays.
"""

import random
import threading
import time
import urllib.parse

from crasher import list_documents
from fleet import Fleet, check_refusal, is_refused

#: Documents that are raced for at the same time.
LANES = 2
#: Passages that are looked at of every document.
PASSAGES = 100


class Write:
    """One of the contents that compete for a document; nil text is a deletion."""

    def __init__(self, identifier, marker, generator):
        self.identifier = identifier
        self.marker = marker
        self.is_deletion = False
        words = generator.choice([20, 60, 200])
        lines = [" ".join(f"word{generator.randrange(500)}" for _ in range(10)) for _ in range(words // 10)]
        # Every line says which document and which write it belongs to.
        self.text = "\n\n".join(f"{identifier} {marker} {line}." for line in lines)
        self.document = {"id": identifier, "text": self.text, "title": f"Title {marker}", "metadata": {"writer": marker}}


class Lane(threading.Thread):
    """Races for some documents, one after another, and looks at how each ended."""

    def __init__(self, fleet, documents, seed):
        super().__init__(daemon=True)
        self.fleet = fleet
        self.documents = documents
        self.random = random.Random(seed)
        self.outcomes = {"indexed": 0, "unchanged": 0, "updated": 0, "deleted": 0, "absent": 0, "accepted": 0}
        self.retries = 0
        self.raced = 0
        self.overtaken = 0

    def run(self):
        try:
            for identifier in self.documents:
                if self.fleet.ended.is_set():
                    return
                if self.random.random() < 0.3:
                    self.overtake(identifier)
                else:
                    self.race_for(identifier)
                self.raced += 1
        except (AssertionError, KeyError, OSError) as error:
            self.fleet.fail(f"{type(error).__name__}: {error}")

    def race_for(self, identifier):
        """Up to three rounds: for a new document, and then for one that is there, now and then with a deletion or an accepted write."""
        known = []
        rounds = self.random.choice([1, 1, 1, 2, 3])
        for number in range(rounds):
            writes = [Write(identifier, f"{identifier}r{number}w{writer}", self.random) for writer in range(len(self.fleet.replicas))]
            writes[-1].is_deletion = self.random.random() < 0.15
            waits = [self.random.random() >= 0.1 for _ in writes]
            known += [write for write in writes if not write.is_deletion]
            barrier = threading.Barrier(len(writes))
            faults = []
            threads = [
                threading.Thread(target=self.write, args=(replica, write, wait, barrier, faults), daemon=True)
                for replica, write, wait in zip(self.fleet.replicas, writes, waits)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert not faults, faults[0]
            may_be_absent = any(write.is_deletion for write in writes)
            present = [write for write in writes if not write.is_deletion]
            self.check(identifier, present, known, may_be_absent)

    def overtake(self, identifier):
        """A write that is acknowledged stays on top of what was accepted before it, wherever the work on that stands."""
        first, second = self.random.sample(self.fleet.replicas, 2)
        older, newer = (Write(identifier, f"{identifier}r0w{writer}", self.random) for writer in range(2))
        newer.is_deletion = self.random.random() < 0.3
        status, reply = self.send(first, "POST", "/index", {"documents": [older.document], "wait": False})
        assert status == 202, f"index answered {status}: {reply}"
        time.sleep(self.random.uniform(0, 0.15))
        self.put_or_delete(second, newer, True)
        self.wait_for(first, reply["job_id"])
        self.overtaken += 1
        self.check(identifier, [] if newer.is_deletion else [newer], [older, newer], newer.is_deletion)

    def write(self, replica, write, wait, barrier, faults):
        try:
            barrier.wait()
            self.put_or_delete(replica, write, wait)
        except (AssertionError, KeyError) as error:
            faults.append(error)

    def put_or_delete(self, replica, write, wait):
        if write.is_deletion:
            status, reply = self.send(replica, "DELETE", "/documents/" + urllib.parse.quote(write.identifier, safe=""))
            assert status in (200, 404), f"delete answered {status}: {reply}"
            self.outcomes["deleted" if status == 200 else "absent"] += 1
            return
        status, reply = self.send(replica, "POST", "/index", {"documents": [write.document], "wait": wait})
        assert status == (200 if wait else 202), f"index answered {status}: {reply}"
        if wait:
            self.outcomes[reply["results"][0]["status"]] += 1
            return
        self.outcomes["accepted"] += 1
        self.wait_for(replica, reply["job_id"])

    def wait_for(self, replica, job):
        while True:
            status, record = self.send(replica, "GET", "/jobs/" + job)
            assert status == 200, f"job answered {status}: {record}"
            if record["status"] not in ("queued", "running"):
                return
            time.sleep(0.02)

    def send(self, replica, method, path, body=None):
        while True:
            answer = replica.ask(method, path, body)
            assert answer is not None, "a replica is not there"
            if not is_refused(answer):
                return answer[0], answer[2]
            check_refusal(f"{method} {path}", answer)
            self.retries += 1
            time.sleep(self.random.uniform(0.05, 0.5))

    def check(self, identifier, writes, known, may_be_absent):
        """Every replica says the same, and all of it is of one write: text, title, metadata, passages; and of the history."""
        path = "/documents/" + urllib.parse.quote(identifier, safe="")
        winners = {self.winner(replica, path, identifier, writes, may_be_absent) for replica in self.fleet.replicas}
        assert len(winners) == 1, f"{identifier}: the replicas disagree: {winners}"
        if winners == {None}:
            return
        status, _, document = self.random.choice(self.fleet.replicas).ask("GET", path)
        assert status == 200, f"{identifier}: answered {status}"
        numbers = [revision["revision"] for revision in document["revisions"]]
        assert numbers == list(range(min(numbers), max(numbers) + 1)), f"{identifier}: has revisions {numbers}"
        texts = {write.text: write.marker for write in known}
        markers = []
        for number in numbers:
            status, _, raw = self.random.choice(self.fleet.replicas).ask("GET", f"{path}/text?revision={number}")
            assert status == 200, f"{identifier}: revision {number} answered {status}"
            assert raw.decode() in texts, f"{identifier}: revision {number} is of no write"
            markers.append(texts[raw.decode()])
        assert len(markers) == len(set(markers)), f"{identifier}: a write is in the history twice: {markers}"

    def winner(self, replica, path, identifier, writes, may_be_absent):
        status, _, raw = replica.ask("GET", path + "/text")
        body = {"query": identifier, "mode": "lexical", "generate": False, "group": "chunk", "top_k": PASSAGES}
        answered, _, reply = replica.ask("POST", "/query", body)
        assert answered == 200, f"query answered {answered}: {reply}"
        passages = [passage for passage in reply["passages"] if passage["document_id"] == identifier]
        if status == 404:
            assert may_be_absent, f"{identifier}: gone, though nobody deleted it"
            assert not passages, f"{identifier}: gone but still found"
            return None
        assert status == 200, f"{identifier}: text answered {status}"
        won = [write for write in writes if write.text == raw.decode()]
        assert len(won) == 1, f"{identifier}: holds {raw[:80]!r}, which nobody wrote last"
        status, _, document = replica.ask("GET", path)
        assert status == 200, f"{identifier}: answered {status}"
        assert document["title"] == won[0].document["title"], f"{identifier}: the title is of another write: {document}"
        assert document["metadata"] == won[0].document["metadata"], f"{identifier}: the metadata are of another write: {document}"
        assert passages, f"{identifier}: there but not found"
        assert len(passages) == min(document["chunks"], PASSAGES), f"{identifier}: {len(passages)} of {document['chunks']} chunks"
        for passage in passages:
            assert passage["text"] in won[0].text, f"{identifier}: a passage is of another write: {passage}"
        return won[0].marker


def race(arguments, base):
    start = time.monotonic()
    names = [f"race{number}" for number in range(arguments.race)]
    with Fleet(arguments.binary, base) as fleet:
        fleet.wait_up()
        generator = random.Random(arguments.seed)
        lanes = [Lane(fleet, names[number::LANES], generator.random()) for number in range(LANES)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        fleet.check_fault()
        fleet.drain()
        listings = [list_documents(replica.server) for replica in fleet.replicas]
        assert all(listing == sorted(set(listing)) == listings[0] for listing in listings), "the listings disagree or hold one twice"
        removed = fleet.close_and_verify()
    outcomes = {name: sum(lane.outcomes[name] for lane in lanes) for name in lanes[0].outcomes}
    print(
        f"race: {sum(lane.raced for lane in lanes)} documents in {time.monotonic() - start:.0f} s, written by {len(fleet.replicas)} "
        f"replicas at once or ({sum(lane.overtaken for lane in lanes)}) accepted by one and changed by another: every one is exactly one "
        f"of the writes, whole, with its history; "
        f"{', '.join(f'{count} {name}' for name, count in outcomes.items() if count)}, "
        f"{sum(lane.retries for lane in lanes)} sent again; {removed} left-overs removed, then 0",
        flush=True,
    )
