# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The sample corpus with the real model: what is found, what is cited, and that every quote stands where it says."""

import hashlib
import json
import pathlib
import re
import shutil
import tempfile
import unittest

from server import ROOT, Server, command

QUESTIONS = json.loads((ROOT / "examples" / "questions.json").read_text())
SUMMARY = re.compile(r"(\d+) new, (\d+) unchanged, (\d+) changed, (\d+) removed, (\d+) failed")


class SampleCorpusTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-corpus-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.corpus = cls.base / "corpus"
        shutil.copytree(ROOT / "examples" / "corpus", cls.corpus)
        cls.files = sum(1 for path in cls.corpus.rglob("*") if path.is_file())
        cls.server = Server(cls.base / "data")
        cls.addClassCleanup(cls.server.stop, check=False)
        cls.first = cls.index(cls.corpus)

    @classmethod
    def index(cls, folder, *options):
        """What `grounded index` counts: new, unchanged, changed, removed, failed."""
        result = command(["index", folder, *options], cls.server.directory)
        match = SUMMARY.search(result.stdout)
        if result.returncode != 0 or not match:
            raise AssertionError(f"grounded index ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        return tuple(map(int, match.groups()))

    def assert_quote_stands(self, citation):
        reply = self.server.text(citation["document_id"], citation["revision"])
        self.assertEqual(reply.status, 200)
        quoted = reply.body[citation["start"] : citation["end"]]
        self.assertEqual(quoted, citation["quote"].encode(), citation)
        self.assertEqual("sha256:" + hashlib.sha256(reply.body).hexdigest(), citation["hash"])

    def test_1_indexing_again_changes_nothing(self):
        self.assertEqual(self.first, (self.files, 0, 0, 0, 0))
        self.assertEqual(self.index(self.corpus), (0, self.files, 0, 0, 0))

    def test_2_one_touched_file_is_changed_and_a_missing_one_is_pruned(self):
        copy = self.base / "copy"
        shutil.copytree(self.corpus, copy)
        # The same papers from another folder belong to that folder from now on.
        self.assertEqual(self.index(copy), (0, 0, self.files, 0, 0))
        touched = copy / "sheep" / "wool-prices.md"
        touched.write_text(touched.read_text() + "\nFleece is weighed at the harbour.\n")
        self.assertEqual(self.index(copy), (0, self.files - 1, 1, 0, 0))
        (copy / "sheep" / "calendar.md").unlink()
        self.assertEqual(self.index(copy, "--prune"), (0, self.files - 1, 0, 1, 0))
        self.assertEqual(self.server.text("sheep/calendar.md").status, 404)
        # Other tests see the corpus as it is; what belongs to another folder is never pruned.
        self.assertEqual(self.index(self.corpus, "--prune"), (1, 0, self.files - 1, 0, 0))

    def test_2b_pruning_wants_folders_that_hold_files(self):
        empty = self.base / "empty"
        empty.mkdir()
        for arguments in (["index", "--prune", empty], ["index", "--prune", self.corpus / "sheep" / "wool-prices.md"]):
            result = command(arguments, self.server.directory)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn("--prune wants folders", result.stderr)
        self.assertEqual(self.server.text("sheep/wool-prices.md").status, 200)

    def test_3_questions_with_an_answer_cite_the_paper_that_has_it(self):
        cited, found, missed, quotes = 0, 0, [], 0
        for entry in QUESTIONS["answerable"]:
            reply = self.server.query(entry["question"])
            documents = [citation["document_id"] for citation in reply["citations"]]
            first = [passage["document_id"] for passage in reply["passages"][:3]]
            cited += entry["document"] in documents
            if entry["document"] in documents or entry["document"] in first:
                found += 1
            else:
                missed.append((entry["question"], documents, first))
            for citation in reply["citations"]:
                self.assert_quote_stands(citation)
                quotes += 1
        total = len(QUESTIONS["answerable"])
        print(f"corpus: {cited}/{total} cite the paper, {found}/{total} cite it or have it in the first 3; {quotes} quotes stand")
        self.assertGreaterEqual(found, 14, missed)
        self.assertGreater(quotes, 0)

    def test_4_questions_without_an_answer_are_not_answered(self):
        answered = []
        for question in QUESTIONS["unanswerable"]:
            reply = self.server.query(question)
            if reply.get("reason") == "nothing_relevant":
                self.assertIsNone(reply["answer"])
                self.assertEqual(reply["citations"], [])
            else:
                answered.append((question, reply["answer"]))
        total = len(QUESTIONS["unanswerable"])
        print(f"corpus: {total - len(answered)}/{total} unanswerable questions answered with nothing_relevant")
        self.assertLessEqual(len(answered), 1, answered)

    def test_5_a_stream_says_the_same_as_one_reply(self):
        for question in [entry["question"] for entry in QUESTIONS["answerable"][:4]] + QUESTIONS["unanswerable"][:1]:
            with self.subTest(question):
                reply = self.server.query(question)
                events = self.server.stream(question)
                names = [event.name for event in events]
                self.assertEqual(names[0], "passages")
                self.assertEqual(names[-1], "done")
                self.assertEqual(sum(name in ("done", "error") for name in names), 1)
                done = events[-1].data
                for field in ("answer", "citations", "passages", "model", "degraded", "reason"):
                    self.assertEqual(done.get(field), reply.get(field), field)
                self.assertEqual(events[0].data["passages"], reply["passages"])
                tokens = "".join(event.data["text"] for event in events if event.name == "token")
                self.assertEqual(tokens, reply["answer"] or "")
                citations = [event.data for event in events if event.name == "citation"]
                self.assertEqual(citations, reply["citations"])


if __name__ == "__main__":
    unittest.main()
