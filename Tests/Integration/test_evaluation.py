# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Evaluation of the sample corpus with the real model: a CSV of questions, two configurations, the report, tuning, made questions."""

import csv
import html.parser
import json
import pathlib
import shutil
import tempfile
import unittest

from server import ROOT, Server, command

QUESTIONS = json.loads((ROOT / "examples" / "questions.json").read_text())
HOSTILE = "<script>document.title='x'</script>"


class Tags(html.parser.HTMLParser):
    """What a page is made of."""

    def __init__(self, page):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.attributes.update(name for name, _ in attributes)


class EvaluationTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-evaluation-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.server = Server(cls.base / "data")
        cls.addClassCleanup(cls.server.stop, check=False)
        indexed = command(["index", ROOT / "examples" / "corpus"], cls.server.directory)
        if indexed.returncode != 0:
            raise AssertionError(indexed.stdout + indexed.stderr)
        cls.questions = cls.base / "questions.csv"
        rows = [[entry["question"], entry["document"], ""] for entry in QUESTIONS["answerable"]]
        rows += [[question, "", ""] for question in QUESTIONS["unanswerable"]]
        cls.table(cls.questions, rows)

    @staticmethod
    def table(path, rows):
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["question", "document", "answer"], *rows])

    def run_json(self, *arguments):
        result = command([*arguments, "--json"], self.server.directory)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return json.loads(result.stdout.splitlines()[0])

    def test_1_two_configurations_are_compared_and_reported(self):
        report = self.base / "report.html"
        found = self.run_json(
            "eval", self.questions, "--compare", "mode=hybrid name=both", "mode=lexical", "--report", report, "--timed", "5",
        )
        both, lexical = found["modes"]["both"], found["modes"]["mode=lexical"]
        self.assertGreaterEqual(both["ndcg_at_10"]["mean"], 0.8)
        self.assertGreaterEqual(both["recall_at_100"]["mean"], lexical["recall_at_10"]["mean"])
        self.assertGreaterEqual(both["citation_precision"]["mean"], 0.5)
        self.assertGreaterEqual(both["refusal_on_unanswerable"]["mean"], 0.8)
        self.assertEqual(found["unanswerable"], len(QUESTIONS["unanswerable"]))
        self.assertEqual(both["timed_questions"], 5)
        self.assertGreater(found["embed_new_question_p50_ms"], 0)
        paired = found["comparison"]["metrics"]["ndcg_at_10"]
        self.assertEqual(paired["questions"], len(QUESTIONS["answerable"]))
        mean = lexical["ndcg_at_10"]["mean"] - both["ndcg_at_10"]["mean"]
        self.assertAlmostEqual(paired["difference"]["mean"], mean, places=9)
        self.assertLessEqual(paired["difference"]["lower"], mean)
        self.assertLess(abs(paired["p_randomisation"] - paired["p_t_test"]), 0.2)
        page = report.read_text(encoding="utf-8")
        self.assertIn("minus", page)
        tags = Tags(page)
        self.assertFalse(tags.names & {"script", "link", "img", "iframe", "object"})
        self.assertFalse({name for name in tags.attributes if name.startswith("on") or name == "src"})
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))

    def test_2_wrong_documents_and_configurations_are_named(self):
        wrong = self.base / "wrong.csv"
        self.table(wrong, [["Where is it?", "nowhere.md", ""]])
        result = command(["eval", wrong], self.server.directory)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("nowhere.md", result.stderr)
        result = command(["eval", self.questions, "--compare", "mode=hybrid", "no_such_member=1"], self.server.directory)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("no_such_member", result.stderr)
        result = command(["eval", self.questions, "--compare", "mode=hybrid"], self.server.directory)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("two configurations", result.stderr)

    def test_3_hostile_text_stays_text_in_the_report(self):
        self.server.index([{"id": "hostile" + HOSTILE, "title": HOSTILE, "text": f"The hostile walrus {HOSTILE} says 1947."}])
        table, report = self.base / "hostile.csv", self.base / "hostile.html"
        self.table(table, [[f"What does the hostile walrus say {HOSTILE}?", "hostile" + HOSTILE, f"{HOSTILE} says 1947"]])
        self.run_json("eval", table, "--modes", "hybrid", "--report", report, "--timed", "0")
        page = report.read_text(encoding="utf-8")
        self.assertNotIn("script", Tags(page).names)
        self.server.request("DELETE", self.server.document_path("hostile" + HOSTILE))

    def test_4_made_questions_find_their_documents(self):
        made = self.base / "made.csv"
        result = command(["questions", made, "--count", "60", "--seed", "3"], self.server.directory)
        self.assertEqual(result.returncode, 0, result.stderr)
        with made.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertGreaterEqual(len(rows), 50)
        self.assertTrue(all(row["question"] and row["document"] for row in rows))
        self.assertTrue(any("___" in row["question"] and row["answer"] for row in rows))
        again = command(["questions", "-", "--count", "60", "--seed", "3"], self.server.directory)
        self.assertEqual(again.stdout.replace("\r", ""), made.read_text(encoding="utf-8").replace("\r", ""))
        found = self.run_json("eval", made, "--modes", "hybrid", "--timed", "0", "--no-answers")
        self.assertGreaterEqual(found["modes"]["hybrid"]["ndcg_at_10"]["mean"], 0.85)

    def test_5_tuning_writes_settings_only_where_something_is_gained(self):
        made, settings = self.base / "tuned.csv", self.base / "settings.yaml"
        command(["questions", made, "--count", "80", "--seed", "5"], self.server.directory)
        found = self.run_json("tune", made, "--write", settings)
        self.assertEqual(found["training"] + found["held_out"], 80)
        self.assertGreaterEqual(len(found["tried"]), 21)
        self.assertEqual(bool(found["settings"]), settings.exists())
        self.assertEqual(bool(found["settings"]), found["fusion"]["helps"])
        few = command(["tune", self.questions], self.server.directory)
        self.assertNotEqual(few.returncode, 0)
        self.assertIn("at least 20", few.stderr)


if __name__ == "__main__":
    unittest.main()
