"""A replica is killed while it works on accepted documents: the others finish them. One that would chunk otherwise does not start."""

import signal
import time
import urllib.parse

from crasher import ROOT
from fleet import Fleet

DOCUMENTS = 8
#: How long a lease lasts, and what may come on top until the work is done.
LEASE_SECONDS = 60
SLACK_SECONDS = 45


def move(arguments, base):
    slow = {
        "EMBEDDING_BACKEND": "python:slow_embedder:SlowEmbedder",
        "PYTHONPATH": f"{ROOT / 'Tests' / 'Crash'}:{ROOT / 'Tests' / 'Integration'}",
    }
    with Fleet(arguments.binary, base, **slow) as fleet:
        fleet.wait_up()
        refuse_other_chunks(fleet)
        first, *others = fleet.replicas
        # The others stand still until the first has taken something.
        for replica in others:
            replica.server.process.send_signal(signal.SIGSTOP)
        texts = {f"leased{number}": f"leased{number} holds " + "some words " * 200 for number in range(DOCUMENTS)}
        documents = [{"id": name, "text": text.strip()} for name, text in texts.items()]
        status, _, reply = first.ask("POST", "/index", {"documents": documents, "wait": False})
        assert status == 202, f"index answered {status}: {reply}"
        while (held := fleet.count(("kind", "item"), ("state", "held"))) == 0:
            time.sleep(0.005)
        first.kill(is_restarted=False)
        start = time.monotonic()
        for replica in others:
            replica.server.process.send_signal(signal.SIGCONT)
        drained = fleet.drain(limit=LEASE_SECONDS + SLACK_SECONDS)
        for replica in others:
            status, _, job = replica.ask("GET", "/jobs/" + reply["job_id"])
            assert status == 200 and job["status"] == "done", f"the job ended as {job}"
            for name, text in texts.items():
                status, _, raw = replica.ask("GET", f"/documents/{urllib.parse.quote(name)}/text")
                assert status == 200 and raw.decode() == text.strip(), f"{name}: text answered {status}"
        fleet.replicas = others
        removed = fleet.close_and_verify()
    print(
        f"leases: {held} of {DOCUMENTS} accepted documents held by the replica that was killed; the others had finished all "
        f"{drained:.0f} s later ({time.monotonic() - start:.0f} s with all checks); {removed} left-overs removed, then 0",
        flush=True,
    )


def refuse_other_chunks(fleet):
    """Settings that mean another generation than the collection's: the replica says so and ends, and changes nothing."""
    status, _, reply = fleet.replicas[0].ask("POST", "/index", {"documents": [{"id": "first", "text": "The first document."}]})
    assert status == 200, f"index answered {status}: {reply}"
    result = fleet.command("serve", CHUNK_TOKENS="64", SERVER_PORT="0")
    output = result.stdout + result.stderr
    assert result.returncode > 0, f"a replica with other chunks started, and ended with {result.returncode}"
    assert "grounded reembed" in output, f"the refusal does not say what to do: {output}"
    status, _, reply = fleet.replicas[0].ask("POST", "/query", {"query": "first document", "generate": False})
    assert status == 200 and reply["passages"], f"the others do not serve on: {status} {reply}"
    print("leases: a replica with another CHUNK_TOKENS refuses to start, and names `grounded reembed`", flush=True)
