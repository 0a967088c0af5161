# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What is written in a file of any format comes out of its loader, in order."""

import json
import re
import sys
import unittest
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests")]

import loader_files as files  # noqa: E402

from grounded_loaders import registry  # noqa: E402
from grounded_loaders.document import Document, Source, finished  # noqa: E402

DOCUMENTS = ROOT.parent / "shared/data/documents/unstructured"


def loaded(name: str, data: bytes | str) -> Document:
    data = data.encode() if isinstance(data, str) else data
    return finished(registry.load(Source(name, data)), 32 << 20)


def fidelity(expected: str, text: str) -> float:
    """The share of the expected words that stand in the text in the same order."""
    first, second = (re.findall(r"\w+", part) for part in (expected, text))
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(first), 1)


class GeneratedFileTests(unittest.TestCase):
    def test_every_format_keeps_its_words_in_order(self):
        written = {
            "a.docx": files.docx(),
            "a.pptx": files.pptx(),
            "a.xlsx": files.xlsx(),
            "a.pdf": files.pdf(),
            "columns.pdf": files.pdf(columns=2),
            "unruled.pdf": files.pdf(ruled=False),
            "a.odt": files.odt(),
            "a.odp": files.odp(),
            "a.ods": files.ods(),
            "a.rtf": files.rtf(),
            "a.epub": files.epub(),
            "plain.eml": files.eml(),
            "page.eml": files.eml(as_html=True),
            "a.html": files.html(),
            "a.rst": files.rst(),
            "a.adoc": files.adoc(),
            "a.org": files.org(),
            "a.csv": files.separated(","),
            "semicolon.csv": files.separated(";"),
            "a.tsv": files.separated("\t"),
            "a.ipynb": files.notebook(),
            "a.txt": files.words(),
            "utf-16.txt": files.words().encode("utf-16"),
            "utf-16-be.txt": files.words().encode("utf-16-be"),
            "utf-32-le.txt": files.words().encode("utf-32-le"),
            "a.yaml": json.dumps({"text": files.words()}, ensure_ascii=False).replace("\\n", "\n"),
            "a.py": '"""' + files.words() + '"""',
        }
        for name, data in written.items():
            with self.subTest(name):
                self.assertGreaterEqual(fidelity(files.words(), loaded(name, data).text), 0.98)

    def test_records_keep_their_words_in_order(self):
        expected = "\n".join(f"{name}\n" + "\n".join(texts) for name, texts in files.SECTIONS)
        rows = "\n".join(json.dumps(record, ensure_ascii=False) for record in files.records())
        for name, data in {"a.json": json.dumps(files.records()), "a.jsonl": rows, "a.xml": files.xml()}.items():
            with self.subTest(name):
                self.assertGreaterEqual(fidelity(expected, loaded(name, data).text), 0.98)

    def test_headings_tables_and_lists_are_markdown(self):
        table = "| Berth | Depth | Fee |\n| --- | --- | --- |\n| North quay | 12.5 m | 1,200 EUR |"
        for name, data in {
            "a.docx": files.docx(),
            "a.odt": files.odt(),
            "a.html": files.html(),
            "a.org": files.org(),
            "a.rst": files.rst(),
            "a.pdf": files.pdf(),
        }.items():
            with self.subTest(name):
                text = loaded(name, data).text
                self.assertIn(f"# {files.TITLE}\n", text)
                self.assertRegex(text, r"(?m)^#+ Retry policy$")
                self.assertRegex(text, r"(?m)^[-*] Bring a passport$")
                self.assertIn(table, text)
        self.assertIn("free \\| on Sundays |", loaded("a.docx", files.docx()).text)

    def test_slides_and_pages_are_divided_by_form_feeds(self):
        self.assertEqual(loaded("a.pptx", files.pptx()).text.count("\n\f\n"), len(files.SECTIONS) + 1)
        self.assertEqual(loaded("a.odp", files.odp()).text.count("\n\f\n"), len(files.SECTIONS) + 1)
        text = loaded("a.pdf", files.pages_pdf([f"This is page {number} of the report." for number in range(1, 8)])).text
        pages = text.split("\n\f\n")
        self.assertEqual(len(pages), 7)
        self.assertIn("page 5 of", pages[4])

    def test_what_runs_along_the_margin_is_kept_once(self):
        texts = [f"Confidential draft\n\n\nSection {chr(65 + n)} tells of {n * 7} ships.\n\n\nPage {n}" for n in range(10)]
        text = loaded("a.pdf", files.pages_pdf(texts)).text
        self.assertEqual(text.count("Confidential"), 1)
        self.assertEqual(text.count("ships"), 10)


@unittest.skipUnless(DOCUMENTS.exists(), "the documents are not there")
class SameDocumentTests(unittest.TestCase):
    def test_files_that_exist_in_several_formats_agree(self):
        groups = {
            "language-docs/eng_spa_mult.txt": [
                f"language-docs/eng_spa_mult.{kind}" for kind in "docx doc odt html md org rst epub eml xml pptx ppt".split()
            ],
            "README.md": ["README.rst", "README.org"],
            "simple.odt": ["simple.docx", "simple.doc"],
            "duplicate-paragraphs.docx": ["duplicate-paragraphs.doc"],
            "fake-doc-emphasized-text.docx": ["fake-doc-emphasized-text.doc"],
            "fake.docx": ["fake.doc"],
            "stanley-cups.csv": ["stanley-cups.tsv", "stanley-cups-utf-16.csv", "stanley-cups.xlsx"],
            "factbook.xml": ["factbook-utf-16.xml"],
            "fake-text.txt": ["fake-text-utf-16.txt", "fake-text-utf-16-be.txt", "fake-text-utf-16-le.txt", "fake-text-utf-32.txt"],
            "spring-weather.html.json": ["spring-weather.html.ndjson"],
            "simple.json": ["simple.ndjson"],
            "eml/fake-email.eml": ["fake-email.eml", "fake-email.msg", "eml/fake-email-utf-16.eml", "eml/fake-email-utf-16-be.eml"],
            "example-steelJIS-datasheet.html": ["example-steelJIS-datasheet-utf-16.html"],
        }
        for first, others in groups.items():
            expected = self.text(first)
            for other in others:
                with self.subTest(f"{first} and {other}"):
                    self.assertGreaterEqual(fidelity(expected, self.text(other)), 0.98)

    def text(self, path: str) -> str:
        """The text; of a mail what follows its fields, which Outlook keeps in another form."""
        text = loaded(path, (DOCUMENTS / path).read_bytes()).text
        return text.split("\n\n", 1)[1] if path.endswith((".eml", ".msg")) and "fake-email" in path else text


if __name__ == "__main__":
    unittest.main()
