# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Backups taken by a second process while writers keep a running server busy, some of them killed midway.

Checked: every backup that finished restores to the digest in its manifest and holds every acknowledgement made before it began; a
backup that was killed leaves nothing under its name, and what it leaves elsewhere is neither taken for a backup nor left by the
next one; writers go on meanwhile. `--backups 20 --kills 5` is the full run; its seed is printed.
"""

import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Integration"))

from server import BINARY, QUICK, Server, command, environment  # noqa: E402

WRITERS = 4
IDS_PER_WRITER = 400


class Writer(threading.Thread):
    """Creates, replaces and deletes documents of its own as fast as it can; remembers what was acknowledged, and when."""

    def __init__(self, number, server, seed):
        super().__init__(daemon=True)
        self.number, self.server = number, server
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.history = {}  # id → [(began, acknowledged, version or None for a deletion)]
        self.latencies = []
        self.error = None

    def run(self):
        connection = self.server.connection()
        version = 0
        try:
            while not self.stopping.is_set():
                identifier = f"w{self.number}-{self.random.randrange(IDS_PER_WRITER)}"
                states = self.history.setdefault(identifier, [])
                version += 1
                began = time.monotonic()
                if states and states[-1][2] is not None and self.random.random() < 0.1:
                    reply = self.server.request("DELETE", f"/documents/{identifier}", connection=connection)
                    state = None
                else:
                    words = " ".join(f"word{self.random.randrange(5_000)}" for _ in range(120))
                    document = {"id": identifier, "text": f"version-{version} {words}"}
                    reply = self.server.request("POST", "/index", {"documents": [document]}, connection=connection)
                    state = version
                    if reply.status == 200 and reply.json["results"][0]["status"] == "failed":
                        raise AssertionError(reply.body)
                if reply.status != 200:
                    raise AssertionError(f"the server answered {reply.status}: {reply.body[:200]!r}")
                now = time.monotonic()
                self.latencies.append((now, now - began))
                states.append((began, now, state))
        except Exception as error:  # noqa: BLE001
            self.error = error
        finally:
            connection.close()


def possible(states, began, ended):
    """What a snapshot taken between two moments may say of a document."""
    before = [state for _, acknowledged, state in states if acknowledged <= began]
    during = [state for start, acknowledged, state in states if acknowledged > began and start <= ended]
    return {before[-1] if before else None, *during}


def restored_state(directory):
    """Every document of a restored directory and its version, read through a server of its own."""
    with Server(directory, **QUICK) as server:
        found, cursor = {}, None
        while True:
            reply = server.request("GET", "/documents?limit=1000" + (f"&after={cursor}" if cursor else ""))
            for document in reply.json["documents"]:
                text = server.text(document["id"]).body.decode()
                found[document["id"]] = int(re.match(r"version-(\d+) ", text).group(1))
            cursor = reply.json["next"]
            if not cursor:
                break
        server.stop()
    verified = command(["verify"], directory, **QUICK)
    if verified.returncode != 0:
        raise AssertionError(f"verify found faults in a restored directory: {verified.stdout}{verified.stderr}")
    return found


class Run:
    def __init__(self, backups, kills, seed, warm_up=2.0):
        self.backups, self.kills, self.random = backups, kills, random.Random(seed)
        self.seed, self.warm_up = seed, warm_up
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-backup-"))
        self.shelf = self.base / "shelf"
        self.shelf.mkdir()
        self.data = self.base / "data"
        self.finished, self.killed, self.durations = [], 0, []

    def run(self):
        try:
            with Server(self.data, **QUICK) as server:
                writers = [Writer(number, server, self.random.random()) for number in range(WRITERS)]
                for writer in writers:
                    writer.start()
                time.sleep(self.warm_up)
                started = time.monotonic()
                self.take(writers)
                elapsed = time.monotonic() - started
                for writer in writers:
                    writer.stopping.set()
                for writer in writers:
                    writer.join(timeout=60)
                    if writer.error:
                        raise AssertionError(f"a writer failed: {writer.error!r}")
                latencies = sorted(seconds for writer in writers for when, seconds in writer.latencies if when >= started)
                server.stop()
            checked = sum(self.check(backup, writers) for backup in self.finished)
            worst = latencies[int(len(latencies) * 0.99)]
            print(
                f"backups: {len(self.finished)} finished, {self.killed} killed, seed {self.seed}; "
                f"{len(latencies) / elapsed:.0f} acknowledged writes/s meanwhile, p99 {worst * 1000:.0f} ms, "
                f"longest {latencies[-1] * 1000:.0f} ms; a backup took {min(self.durations):.2f} to {max(self.durations):.2f} s; "
                f"{checked} documents of restored backups compared"
            )
        finally:
            shutil.rmtree(self.base, ignore_errors=True)

    def take(self, writers):
        doomed = set(self.random.sample(range(1, self.backups), self.kills))
        usual = 1.0
        for number in range(self.backups):
            target = self.shelf / f"{number}.backup"
            began = time.monotonic()
            process = subprocess.Popen(
                [BINARY, "backup", "--to", str(target)],
                env=environment(self.data, **QUICK), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
            if number in doomed:
                time.sleep(self.random.uniform(0, usual))
                process.send_signal(signal.SIGKILL)
                process.communicate()
                if target.exists():
                    # It was killed after its work was done: then it is a backup like any other.
                    self.expect_whole(target)
                    self.finished.append((target, began, time.monotonic()))
                else:
                    self.killed += 1
                    self.expect_nothing_passes(target)
                continue
            output, _ = process.communicate(timeout=300)
            if process.returncode != 0:
                raise AssertionError(f"backup failed: {output}")
            ended = time.monotonic()
            usual = ended - began
            self.durations.append(usual)
            self.finished.append((target, began, ended))
            if any(writer.error for writer in writers):
                raise AssertionError([writer.error for writer in writers])
        if self.killed < self.kills and self.killed == 0:
            raise AssertionError("no backup was killed midway; nothing was shown")
        # A backup to the name of a killed one removes what that one left.
        for left in sorted({entry.name for entry in self.shelf.iterdir() if entry.name.startswith(".")}):
            name = re.match(r"\.(.*)\.backup-", left).group(1)
            if not (self.shelf / name).exists():
                began = time.monotonic()
                result = command(["backup", "--to", self.shelf / name], self.data, **QUICK)
                if result.returncode != 0:
                    raise AssertionError(result.stdout + result.stderr)
                self.finished.append((self.shelf / name, began, time.monotonic()))
        left = [entry.name for entry in self.shelf.iterdir() if entry.name.startswith(".")]
        if left:
            raise AssertionError(f"killed backups left {left}")

    def expect_whole(self, path):
        result = command(["restore", path, "--check"], self.data, **QUICK)
        if result.returncode != 0:
            raise AssertionError(f"{path} is not whole: {result.stdout}{result.stderr}")

    def expect_nothing_passes(self, target):
        """Whatever a killed backup left is no backup, unless it is whole to the last byte."""
        for folder in self.shelf.glob(f".{target.name}.*"):
            for path in folder.iterdir():
                result = command(["restore", path, "--data", self.base / "never"], self.data, **QUICK)
                if result.returncode == 0:
                    # Complete, synced and only not renamed yet: it must be a backup in every respect.
                    shutil.rmtree(self.base / "never")
                    self.expect_whole(path)
                elif (self.base / "never").exists():
                    raise AssertionError(f"a refused restore of {path} left a directory")

    def check(self, backup, writers):
        path, began, ended = backup
        directory = self.base / "restored"
        result = command(["restore", path, "--data", directory], self.base / "unused", **QUICK)
        if result.returncode != 0:
            raise AssertionError(f"{path} does not restore: {result.stdout}{result.stderr}")
        digest = re.search(r"digest (sha256:[0-9a-f]{64})", result.stdout).group(1)
        again = command(["backup", "--to", self.base / "again.backup", "--force"], directory, **QUICK)
        if digest not in again.stdout:
            raise AssertionError(f"a backup of the restored directory has another digest: {again.stdout}{again.stderr}")
        found = restored_state(directory)
        shutil.rmtree(directory)
        known = {identifier: states for writer in writers for identifier, states in writer.history.items()}
        unknown = set(found) - set(known)
        if unknown:
            raise AssertionError(f"documents that nobody wrote: {sorted(unknown)[:5]}")
        for identifier, states in known.items():
            allowed = possible(states, began, ended)
            if found.get(identifier) not in allowed:
                raise AssertionError(f"{path.name}: {identifier} is {found.get(identifier)}, it can only be {allowed}; seed {self.seed}")
        return len(known)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backups", type=int, default=20)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    Run(arguments.backups, arguments.kills, arguments.seed).run()


if __name__ == "__main__":
    main()
