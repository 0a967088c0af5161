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

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests")]

import loader_files as files  # noqa: E402

from grounded_loaders import registry  # noqa: E402
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


if __name__ == "__main__":
    unittest.main()
