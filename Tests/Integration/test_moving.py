# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Data on the move: backup and restore, migrate, and reembed, each beside a running server that is being written to."""

import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading
import unittest

from server import QUICK, ROOT, Server, command

sys.path.insert(0, str(ROOT / "Tests" / "Backup"))

import backup_under_load  # noqa: E402


def text_of(number, version=0):
    generator = random.Random(number * 1_000 + version)
    return f"number{number} version{version}. " + " ".join(f"word{generator.randrange(900)}" for _ in range(200))


def documents(numbers, version=0):
    return [{"id": f"d{number}", "text": text_of(number, version), "title": f"Title {number}"} for number in numbers]


class MovingTests(unittest.TestCase):
    def setUp(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-moving-"))
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.data = self.base / "data"

    def serve(self, directory=None, **settings):
        server = Server(directory or self.data, **{**QUICK, "CHUNK_TOKENS": 40, **settings})
        self.addCleanup(lambda: server.process.poll() is None and server.kill())
        return server

    def ran(self, *arguments, directory=None, code=0, **settings):
        result = command(arguments, directory or self.data, **{**QUICK, "CHUNK_TOKENS": 40, **settings})
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def top(self, server, question):
        return [(hit["document_id"], hit["score"]) for hit in server.query(question, generate=False, top_k=10)["passages"]]

    def test_backups_under_write_load(self):
        backup_under_load.Run(backups=4, kills=1, seed=random.randrange(1 << 32), warm_up=1.0).run()

    def test_a_backup_is_refused_unless_it_is_whole(self):
        server = self.serve()
        server.index(documents(range(10)))
        job = server.request("POST", "/index", {"documents": documents([10]), "wait": False})
        self.assertEqual(job.status, 202)
        backup = self.base / "b"
        self.assertRegex(self.ran("backup", "--to", backup), r"1[01] documents, [01] accepted and waiting")
        self.assertIn("exists already", self.ran("backup", "--to", backup, code=1))
        self.ran("backup", "--to", backup, "--force")
        self.assertIn("is whole", self.ran("restore", backup, "--check"))
        self.assertIn("not empty", self.ran("restore", backup, "--data", self.data, code=1))
        damaged = self.base / "damaged"
        damaged.write_bytes(backup.read_bytes()[:-1])
        self.assertIn("not a whole backup", self.ran("restore", damaged, "--data", self.base / "new", code=1))
        self.assertFalse((self.base / "new").exists())
        self.ran("restore", backup, "--data", self.base / "new")
        server.stop()
        with self.serve(self.base / "new") as restored:
            self.assertEqual(restored.text("d3").body.decode(), text_of(3))
            self.assertEqual(restored.request("GET", f"/jobs/{job.json['job_id']}").status, 200, "accepted work is in the backup")

    def test_documents_move_there_and_back_while_they_are_served(self):
        server = self.serve()
        server.index(documents(range(40)))
        server.index(documents(range(0, 40, 3), version=1))
        there, back = self.base / "there", self.base / "back"
        first = self.ran("migrate", "--from", self.data, "--to", there)
        self.assertIn("40 documents of 1 tenants; 40 copied", first)
        # The source goes on: a second run copies what changed.
        server.index(documents([1, 100], version=2))
        server.request("DELETE", "/documents/d5")
        differs = self.ran("migrate", "--from", self.data, "--to", there, code=1)
        self.assertIn("d5 (only in the destination)", differs)
        second = self.ran("migrate", "--from", self.data, "--to", there, "--mirror")
        self.assertIn("40 documents of 1 tenants; 0 copied, 1 withdrawn", second)
        self.assertIn("complete", second)
        digests = set(re.findall(r"sha256:[0-9a-f]{64}", second))
        self.assertEqual(len(digests), 1, second)
        third = self.ran("migrate", "--from", there, "--to", back)
        self.assertEqual(set(re.findall(r"sha256:[0-9a-f]{64}", third)), digests)
        self.assertIn("in use", self.ran("migrate", "--from", there, "--to", self.data, code=1))
        questions = [" ".join(text_of(number, 0).split()[5:12]) for number in range(0, 40, 4)]
        before = [self.top(server, question) for question in questions]
        server.stop()
        with self.serve(back) as moved:
            self.assertEqual([self.top(moved, question) for question in questions], before)
            history = moved.request("GET", "/documents/d1").json["revisions"]
            self.assertEqual([revision["revision"] for revision in history], [1, 2])

    def test_reembed_beside_a_server_that_is_written_to(self):
        server = self.serve()
        numbers = range(60)
        server.index(documents(numbers))
        stop = threading.Event()
        versions = {}

        def write():
            generator = random.Random(7)
            version = 0
            while not stop.wait(0.02):
                version += 1
                number = generator.randrange(80)
                server.index(documents([number], version=version))
                versions[number] = version

        writer = threading.Thread(target=write)
        writer.start()
        try:
            result = command(["reembed"], self.data, **{**QUICK, "CHUNK_TOKENS": 64})
        finally:
            stop.set()
            writer.join()
        self.assertIn(result.returncode, (0, 1), result.stdout + result.stderr)
        self.assertEqual(server.request("GET", "/health/ready").status, 200)
        server.index(documents([90]))
        versions[90] = 0
        chunks = server.request("GET", "/documents/d90").json["chunks"]
        server.stop()

        refused = command(["serve"], self.data, timeout=60, **{**QUICK, "CHUNK_TOKENS": 64, "SERVER_PORT": 0})
        self.assertGreater(refused.returncode, 0)
        self.assertRegex(refused.stdout + refused.stderr, r"[1-9]\d* of \d+ documents are missing; run `grounded reembed`")
        self.assertIn("are in generation", self.ran("reembed", CHUNK_TOKENS=64))

        expected = {f"d{number}": versions.get(number, 0) for number in {*numbers, *versions}}
        server = self.serve(CHUNK_TOKENS=64)
        self.check(server, expected)
        self.assertLess(server.request("GET", "/documents/d90").json["chunks"], chunks)
        server.stop()
        # Back with the old settings, at once: nothing was published since.
        server = self.serve()
        self.check(server, expected)
        self.assertEqual(server.request("GET", "/documents/d90").json["chunks"], chunks)
        server.stop()
        self.assertIn("chunks of generations that are not in force deleted", self.ran("reembed", "--prune"))
        self.assertIn(" 0 faults", self.ran("verify"))

    def check(self, server, expected):
        for identifier, version in expected.items():
            number = int(identifier[1:])
            self.assertEqual(server.text(identifier).body.decode(), text_of(number, version))
            found = server.query(text_of(number, version)[:90], generate=False, top_k=10)["passages"]
            self.assertIn(identifier, [passage["document_id"] for passage in found])


if __name__ == "__main__":
    unittest.main()
