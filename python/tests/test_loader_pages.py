# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Pages: what runs along their margins, which of them are scanned, where they end."""

import io
import sys
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests")]

import loader_files as files  # noqa: E402

from grounded_loaders import doc, image, registry  # noqa: E402
from grounded_loaders.document import Document, Source, finished  # noqa: E402


def loaded(name: str, data: bytes, ocr: bool = False) -> Document:
    return finished(registry.load(Source(name, data, ocr=ocr)), 32 << 20)


class MarginTests(unittest.TestCase):
    def test_rows_of_figures_are_not_taken_for_running_lines(self):
        rows = [f"2024-{1 + n % 12:02}-{1 + n % 28:02}  {1001 + n}  {237.82 + 3.7 * n:.2f}" for n in range(120)]
        text = loaded("a.pdf", files.pages_pdf(["\n".join(rows[start : start + 20]) for start in range(0, 120, 20)])).text
        self.assertEqual([row for row in rows if row.split()[1] not in text], [])

    def test_lines_with_years_and_amounts_stay_on_every_page(self):
        pages = [f"Q2 {2010 + n} Net {37 + n} {91 + 5 * n}\n\n\nText {chr(65 + n)}.\n\n\nTotal {2010 + n} USD" for n in range(8)]
        text = loaded("a.pdf", files.pages_pdf(pages)).text
        for n in range(8):
            self.assertIn(f"Q2 {2010 + n} Net {37 + n} {91 + 5 * n}", text)
            self.assertIn(f"Total {2010 + n} USD", text)

    def test_page_numbers_are_kept_once_wherever_they_begin(self):
        for written, first in [("- {} -", 5), ("Page {} of 20", 5), ("{}/8", 1), ("Seite {}", 120)]:
            with self.subTest(written):
                marks = [written.format(n) for n in range(first, first + 8)]
                pages = [f"The {'very ' * n}first words.\n\n\nWords of {chr(65 + n)}.\n\n\n{mark}" for n, mark in enumerate(marks)]
                text = loaded("a.pdf", files.pages_pdf(pages)).text
                self.assertEqual(sum(mark in text.split("\n") for mark in marks), 1)

    def test_a_cell_that_is_the_same_on_every_page_stays_in_its_row(self):
        from reportlab.pdfgen.canvas import Canvas

        target = io.BytesIO()
        canvas = Canvas(target)
        for page in range(6):
            for row in range(10):
                for column, cell in enumerate([f"Item {page * 91 + row * 17}", "USD", f"{page * 331 + row * 7}.50"]):
                    canvas.drawString(72 + 160 * column, 770 - 14 * row, cell)
            canvas.showPage()
        canvas.save()
        self.assertEqual(loaded("a.pdf", target.getvalue()).text.count("USD"), 60)


def scans(stamps: list[str], share: float = 1) -> bytes:
    """A page for each stamp, under it an image that covers that share of the page."""
    from PIL import Image
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4)
    for stamp in stamps:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, A4[0], A4[1] * share)
        canvas.drawString(40, 20, stamp)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


class ScanTests(unittest.TestCase):
    def test_a_page_that_is_an_image_with_a_stamp_is_scanned(self):
        made = loaded("a.pdf", scans(["", "BATES 000123", "BATES 000124"]))
        self.assertIn("BATES 000123", made.text)
        self.assertIn("page 1 holds only images; their text is missing", made.warnings)
        self.assertIn("pages 2, 3 are images with a line of text; the text of the image is missing", made.warnings)

    def test_a_page_with_words_or_with_a_small_image_is_not(self):
        self.assertEqual(loaded("a.pdf", scans(["These are words of the page itself. " * 4])).warnings, [])
        self.assertEqual(loaded("a.pdf", scans(["BATES 000123"], share=0.3)).warnings, [])

    def test_what_is_recognised_under_a_stamp_takes_its_place(self):
        with mock.patch.object(image, "recognized", return_value="A long text that was recognised. BATES 000123"):
            made = loaded("a.pdf", scans(["BATES 000123"]), ocr=True)
        self.assertEqual(made.text, "A long text that was recognised. BATES 000123")
        with mock.patch.object(image, "recognized", return_value="~"):
            self.assertEqual(loaded("a.pdf", scans(["BATES 000123"]), ocr=True).text, "BATES 000123")


def odt(body: str, count: int = 0) -> bytes:
    """A text whose paragraph style ``B`` begins a page, and which says that it has ``count`` pages."""
    styles = '<office:automatic-styles><style:style style:name="B"><style:paragraph-properties fo:break-before="page"/></style:style>'
    spaces = 'xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:style="s" xmlns:fo="f" xmlns:meta="m"'
    content = f"{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
    meta = f'<office:meta><meta:document-statistic meta:page-count="{count}"/></office:meta>' if count else ""
    return files.zipped(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", f"<office:document-content {spaces}>{content}</office:document-content>"),
        ("meta.xml", f"<office:document-meta {spaces}>{meta}</office:document-meta>"),
    )


SOFT = "<text:soft-page-break/>"


class OpenDocumentPageTests(unittest.TestCase):
    def pages(self, body: str, count: int = 0) -> list[str]:
        return [page.strip() for page in loaded("a.odt", odt(body, count)).text.split("\f")]

    def test_a_page_ends_before_the_paragraph_that_begins_with_its_end(self):
        body = f"<text:p>one</text:p><text:p>{SOFT}two</text:p><text:p>goes {SOFT}on</text:p><text:p>four</text:p>"
        self.assertEqual(self.pages(body, 3), ["one", "two\n\ngoes on", "four"])
        self.assertEqual(self.pages(f"<text:p>one {SOFT}and {SOFT}on</text:p><text:p>three</text:p>", 3), ["one and on", "", "three"])

    def test_pages_that_end_between_paragraphs_in_lists_and_in_tables_count(self):
        items = "".join(f"<text:list-item><text:p>{text}</text:p></text:list-item>" for text in ("a", f"{SOFT}b", f"c {SOFT}d"))
        self.assertEqual(
            self.pages(f"<text:p>one</text:p>{SOFT}<text:list>{items}</text:list><text:p>four</text:p>", 4),
            ["one", "- a", "- b\n- c d", "four"],
        )
        cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
        rows = [f"<table:table-row>{cell.format(a)}{cell.format(b)}</table:table-row>" for a, b in [("a", "b"), (f"c{SOFT}", f"d{SOFT}")]]
        table = f"<table:table>{rows[0]}{SOFT}{rows[1]}</table:table>"
        self.assertEqual(self.pages(f"{table}<text:p>three</text:p>", 3), ["| a | b |\n| --- | --- |\n| c | d |", "", "three"])

    def test_pages_are_named_only_where_all_are_known(self):
        body = '<text:p>{}</text:p><text:p text:style-name="B">second</text:p>'
        self.assertEqual(self.pages(body.format("first"), 2), ["first", "second"])
        self.assertEqual(len(self.pages(body.format("first"), 9)), 1)
        self.assertEqual(len(self.pages(body.format("word " * 5000))), 1)


class OpenDocumentListTests(unittest.TestCase):
    def test_list_items_keep_their_notes_boxes_and_tables(self):
        note = '<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>a note</text:p></text:note-body></text:note>'
        box = "<draw:frame><draw:text-box><text:p>a box</text:p></draw:text-box></draw:frame>"
        table = "<table:table>" + "".join(
            f"<table:table-row><table:table-cell><text:p>{cell}</text:p></table:table-cell></table:table-row>" for cell in ("x", "y")
        )
        inner = "<text:list><text:list-item><text:p>deeper</text:p></text:list-item></text:list>"
        contents = [f"<text:p>one{note}</text:p><text:p>{box}goes on</text:p>", f"<text:p>two</text:p>{table}</table:table>", inner]
        body = f"<text:list>{''.join(f'<text:list-item>{content}</text:list-item>' for content in contents)}</text:list>"
        self.assertEqual(
            loaded("a.odt", odt(body)).text, "- one\n\na note\n\ngoes on\n\na box\n\n- two\n\n| x |\n| --- |\n| y |\n\n- deeper"
        )

    def test_the_words_of_shapes_in_a_paragraph_are_kept_once(self):
        inner = "<draw:frame><draw:text-box><text:p>inside</text:p></draw:text-box></draw:frame>"
        body = f"<text:p>before<draw:custom-shape><text:p>in a shape{inner}</text:p></draw:custom-shape> after</text:p>"
        self.assertEqual(loaded("a.odt", odt(body)).text, "before after\n\nin a shape\n\ninside")


class WordPageTests(unittest.TestCase):
    def pages(self, text: str, count: int | None) -> list[str]:
        facts = SimpleNamespace(title=None, num_pages=count)
        with mock.patch.object(doc.olefile, "OleFileIO") as file, mock.patch.object(doc, "_text", return_value=text):
            file.return_value.__enter__.return_value.get_metadata.return_value = facts
            return doc.load(Source("a.doc", b""), "doc").text.split("\n\f\n")

    def test_pages_are_named_only_where_all_are_known(self):
        self.assertEqual(self.pages("first\r\fsecond\r", 2), ["first", "second"])
        self.assertEqual(self.pages("first\r\fsecond\r", None), ["first", "second"])
        self.assertEqual(self.pages("first\r\fsecond\r", 7), ["first\n\nsecond"])
        self.assertEqual(len(self.pages("word " * 5000 + "\r\fsecond\r", None)), 1)

    def test_sections_that_begin_no_page_are_none(self):
        self.assertEqual(self.pages("first\r\fsecond\r", 1), ["first\n\nsecond"])


if __name__ == "__main__":
    unittest.main()
