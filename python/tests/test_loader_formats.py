# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Details of single formats: encodings, lists, markup, mails, what Markdown the pieces become."""

import io
import sys
import unittest
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests")]

import loader_files as files  # noqa: E402

from grounded_loaders import document, encoding, registry, rtf  # noqa: E402
from grounded_loaders.document import Document, Refusal, Source, finished  # noqa: E402

GERMAN = "Das Hafenamt öffnet um sieben Uhr früh und schließt um halb fünf, außer an Feiertagen. Schiffe müssen draußen warten."
RUSSIAN = "Портовая контора открывается в семь утра и закрывается в половине пятого, кроме праздников. Суда ждут лоцмана."
HEBREW = "המשרד של הנמל נפתח בשבע בבוקר ונסגר בארבע וחצי, חוץ מחגים. ספינות שמגיעות בלילה מחכות לנווט."
JAPANESE = "日本語の文章です。港の事務所は朝七時に開き、午後四時半に閉まります。船は夜に着いたら水先案内人を待ちます。"
CHINESE = "港务局早上七点开门，下午四点半关门，公共假期除外。\n夜间到达的船只在浮标处等待引航员上船。"


def loaded(name: str, data: bytes | str) -> Document:
    data = data.encode() if isinstance(data, str) else data
    return finished(registry.load(Source(name, data)), 32 << 20)


class EncodingTests(unittest.TestCase):
    def test_texts_in_old_encodings_are_read_with_a_warning(self):
        texts = {
            "cp1252": GERMAN, "cp1251": RUSSIAN, "koi8_r": RUSSIAN, "cp1255": HEBREW, "iso8859_8": HEBREW, "cp932": JAPANESE,
            "euc_jp": JAPANESE, "iso2022_jp": JAPANESE, "gb18030": CHINESE,
        }  # fmt: skip
        for name, text in texts.items():
            with self.subTest(name):
                read, warning = encoding.decode(text.encode(name))
                self.assertEqual(read, text)
                self.assertRegex(warning, "read as")

    def test_wide_encodings_are_read_with_and_without_a_mark(self):
        for text in (GERMAN, RUSSIAN, CHINESE):
            for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
                with self.subTest(f"{text[:10]} as {name}"):
                    self.assertEqual(encoding.decode(text.encode(name)), (text, None))

    def test_a_stray_zero_byte_does_not_make_it_wide(self):
        read, _ = encoding.decode(b"plain words\0 and more of them here, up to the end")
        self.assertEqual(read.replace("\0", ""), "plain words and more of them here, up to the end")


class MarkdownTests(unittest.TestCase):
    def test_text_never_becomes_structure(self):
        self.assertEqual(document.paragraph("# not a heading\n```not code"), "\\# not a heading\n\\```not code")
        self.assertEqual(document.fence("a ``` b\n````"), "`````\na ``` b\n````\n`````")
        self.assertEqual(document.table([["a|b", "c\nd"], ["", ""], ["1", "2"]]), "| a\\|b | c d |\n| --- | --- |\n| 1 | 2 |")
        self.assertEqual(document.join(["a", document.PAGE, "b", "c"]), "a\n\f\nb\n\nc")
        self.assertEqual(document.join(["      - deep\n        - deeper"]), "- deep\n  - deeper")

    def test_word_lists_keep_their_depth_and_count(self):
        import docx

        paper = docx.Document()
        numbers, points = "List Number", "List Bullet"
        for text, style in [("one", numbers), ("two", numbers), ("point", points), ("text", "Normal"), ("three", numbers)]:
            paper.add_paragraph(text, style=style)
        target = io.BytesIO()
        paper.save(target)
        text = loaded("a.docx", target.getvalue()).text
        self.assertEqual(text, "1. one\n2. two\n- point\n\ntext\n\n3. three")

    def test_pages_of_word_files_are_named_only_where_all_are_known(self):
        import docx

        def paper(words: int) -> bytes:
            made = docx.Document()
            made.add_paragraph("word " * words)
            made.add_page_break()
            made.add_paragraph("second page")
            target = io.BytesIO()
            made.save(target)
            return target.getvalue()

        self.assertEqual(loaded("a.docx", paper(50)).text.count("\f"), 1)
        self.assertEqual(loaded("a.docx", paper(5000)).text.count("\f"), 0)

    def test_restructuredtext_becomes_markdown(self):
        source = (
            "=====\nTitle\n=====\n\nSee :ref:`the guide <guide>` and ``code`` or `site <https://example.com>`_.\n\nPart\n----\n\n"
            ".. note:: Mind the *gap*.\n\n.. code-block:: python\n   :linenos:\n\n   def f():\n       return 1\n\n"
            "Grid::\n\n    literal  text\n\n"
            "+-----+-----+\n| a   | b   |\n+=====+=====+\n| 1   | 2   |\n+-----+-----+\n\n.. a comment\n\nEnd.\n"
        )
        text = loaded("a.rst", source).text
        for part in (
            "# Title\n", "See the guide and `code` or [site](https://example.com).", "## Part\n", "Note: Mind the *gap*.",
            "```python\ndef f():\n    return 1\n```", "Grid:\n", "```\nliteral  text\n```",
            "| a | b |\n| --- | --- |\n| 1 | 2 |", "End.",
        ):  # fmt: skip
            self.assertIn(part, text)
        self.assertNotIn("a comment", text)

    def test_asciidoc_and_org_become_markdown(self):
        source = "= Title\n:toc:\n\n== Part\n\n[source,go]\n----\nfunc f() {}\n----\n\n* one\n** two\n\nlink:x.html[here]\n"
        text = loaded("a.adoc", source).text
        for part in ("# Title\n", "## Part\n", "```go\nfunc f() {}\n```", "- one\n   - two", "[here](x.html)"):
            self.assertIn(part, text)
        self.assertNotIn("toc", text)
        source = "#+TITLE: Notes\n* TODO [#A] Part :tag:\n:PROPERTIES:\n:ID: 7\n:END:\n#+begin_src sh\nls\n#+end_src\n[[http://a][b]]\n"
        read = loaded("a.org", source)
        self.assertEqual(read.title, "Notes")
        for part in ("# Part\n", "```sh\nls\n```", "[b](http://a)"):
            self.assertIn(part, read.text)
        self.assertNotIn("PROPERTIES", read.text)

    def test_tables_of_pages_and_lists_in_lists(self):
        html = "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
        html += "<table><tr><th>x</th><th colspan=2>y</th></tr><tr><td>1<td>2<td>3</table><p>end"
        self.assertEqual(loaded("a.html", html).text, "- a\n  - b\n- c\n\n| x |  | y |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n\nend")
        html = "<p>a<br>b</p><pre>x\n  y</pre><script>no</script><p hidden>no</p>"
        self.assertEqual(loaded("a.html", html).text, "a\nb\n\n```\nx\n  y\n```")

    def test_what_is_never_closed_hides_nothing(self):
        self.assertEqual(loaded("a.html", "<body><nav>menu</nav><p>text").text, "text")
        self.assertEqual(loaded("a.html", "<body><nav>menu<p>text").text, "menu\n\ntext")

    def test_records_are_lines_with_their_paths(self):
        text = loaded("a.json", '[{"a": {"b": 1, "c": ["x", "y"]}, "n": null}, {"a": {"b": 2}}]').text
        self.assertEqual(text, "a.b: 1\na.c: x, y\n\na.b: 2")
        self.assertEqual(loaded("a.jsonl", '{"a": 1}\n\n{"a": "\u2028x"}\n').text, "a: 1\n\na: x")
        self.assertEqual(loaded("a.csv", "sep=;\na;b\n1;2,5\n").text, "| a | b |\n| --- | --- |\n| 1 | 2,5 |")

    def test_a_sheet_is_its_name_and_its_tables(self):
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Fees"
        fees = [["Harbour fees"], ["Berth", "Fee"], [], ["North", 0.1 + 0.2], ["South", 8]]
        for row in [*fees, [], [], ["Note", "text"], ["a", "b"]]:
            sheet.append(row)
        target = io.BytesIO()
        book.save(target)
        self.assertEqual(
            loaded("a.xlsx", target.getvalue()).text,
            "## Fees\n\nHarbour fees\n\n| Berth | Fee |\n| --- | --- |\n| North | 0.3 |\n| South | 8 |\n\n"
            "| Note | text |\n| --- | --- |\n| a | b |",
        )

    def test_slides_keep_their_notes(self):
        import pptx

        show = pptx.Presentation()
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = "Tides"
        slide.notes_slide.notes_text_frame.text = "Speak slowly."
        target = io.BytesIO()
        show.save(target)
        self.assertEqual(loaded("a.pptx", target.getvalue()).text, "## Tides\n\nNotes: Speak slowly.")


class MailTests(unittest.TestCase):
    def test_a_mail_names_its_attachments_and_holds_those_that_are_text(self):
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = "Grüße", "Ada <ada@example.com>", "bob@example.com"
        message.set_content("Hello Bob.")
        message.add_alternative("<p>Hello <b>Bob</b>.</p>", subtype="html")
        message.add_attachment(b"\0\1\2", maintype="application", subtype="octet-stream", filename="raw.bin")
        message.add_attachment("a,b\n1,2\n", subtype="csv", filename="t.csv")
        read = loaded("a.eml", bytes(message))
        self.assertEqual(read.title, "Grüße")
        self.assertEqual(
            read.text,
            "Subject: Grüße\nFrom: Ada <ada@example.com>\nTo: bob@example.com\n\nHello Bob.\n\nAttachments: raw.bin, t.csv\n\n"
            "## t.csv\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
        )

    def test_compressed_rich_text_is_unpacked(self):
        packed = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
        self.assertEqual(rtf.compressed_text(bytes.fromhex(packed)), "hello world")

    def test_encrypted_mails_and_books_are_refused(self):
        sealed = b"From: a@b\nSubject: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIAG"
        book = [("META-INF/container.xml", "<container/>"), ("META-INF/encryption.xml", "<encryption><EncryptedData/></encryption>")]
        for name, data in {"a.eml": sealed, "a.epub": files.zipped(("mimetype", "application/epub+zip"), *book)}.items():
            with self.subTest(name), self.assertRaises(Refusal) as caught:
                loaded(name, data)
            self.assertEqual(caught.exception.code, "encrypted")


if __name__ == "__main__":
    unittest.main()
