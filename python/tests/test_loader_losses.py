# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What a damaged, odd or nested file still says is not lost, or its loss is said."""

import io
import json
import sys
import unittest
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests")]

import loader_files as files  # noqa: E402

from grounded_loaders import encoding, html, registry  # noqa: E402
from grounded_loaders.document import PAGE, Document, Refusal, Source, clean, finished, join  # noqa: E402

RUSSIAN = "Портовая контора открывается в семь утра и закрывается в половине пятого, кроме праздников.\n"
CHINESE = "港务局早上七点开门，下午四点半关门，公共假期除外。\n夜间到达的船只在浮标处等待引航员上船。"


def loaded(name: str, data: bytes | str) -> Document:
    data = data.encode() if isinstance(data, str) else data
    return finished(registry.load(Source(name, data)), 32 << 20)


class EncodingTests(unittest.TestCase):
    def test_one_bad_byte_leaves_a_text_utf_8(self):
        whole = RUSSIAN.encode()
        for name, data in {"a stray byte": whole[:21] + b"\xff" + whole[21:], "cut inside a character": (RUSSIAN.strip() + "я").encode()[:-1]}.items():
            with self.subTest(name):
                text, warning = encoding.decode(data)
                self.assertIn("закрывается в половине пятого", text)
                self.assertEqual(warning, "1 byte is not UTF-8 and is missing")

    def test_a_long_text_with_a_few_bad_bytes_stays_utf_8(self):
        text, warning = encoding.decode(((RUSSIAN * 2).encode() + b"\xff") * 40)
        self.assertEqual(text.count("закрывается"), 80)
        self.assertEqual(warning, "40 bytes are not UTF-8 and are missing")

    def test_chinese_that_is_cut_inside_a_character_is_read(self):
        for cut in (1, 2):
            with self.subTest(cut):
                self.assertIn("等待引航员", loaded("a.txt", CHINESE.encode()[:-3][:-cut]).text)

    def test_other_encodings_are_not_taken_for_damaged_utf_8(self):
        self.assertEqual(encoding.decode("Größe und Länge des Schiffs".encode("cp1252"))[0], "Größe und Länge des Schiffs")
        self.assertEqual(encoding.decode(b"one bad byte \xff here")[0], "one bad byte ÿ here")

    def test_a_vertical_tab_divides_words(self):
        self.assertEqual(clean("one\x0btwo"), "one two")
        self.assertEqual(loaded("a.txt", "one\x0btwo").text, "one two")


class PageTests(unittest.TestCase):
    def test_only_loaders_break_pages(self):
        self.assertNotIn(PAGE, loaded("a.json", json.dumps({"a\n\f\nb": "one\f\ntwo"})).text)
        self.assertEqual(join(["one\n\f\nsame", PAGE, "two"]).count(PAGE), 1)
        self.assertEqual(finished(Document("one\ftwo\n\fthree", "code"), 100).text, "one two\nthree")


class HtmlTests(unittest.TestCase):
    def test_a_hidden_element_without_an_end_hides_nothing_behind_it(self):
        self.assertIn("Real text", html.markdown("<p hidden>draft<p>Real text")[0])
        read = html.markdown("<ul><li hidden>a<li>b</ul><p>Real text</p>")[0]
        self.assertIn("- b", read)
        self.assertIn("Real text", read)
        self.assertEqual(html.markdown("<p hidden>draft</p><p>Real text</p>")[0], "Real text")

    def test_code_without_an_end_is_kept(self):
        self.assertIn("all the rest", html.markdown("<p>start</p><pre>code<p>all the rest</p>")[0])
        read = html.markdown("<pre>first<pre>second</pre><p>end</p>")[0]
        self.assertEqual(read, "```\nfirst\n```\n\n```\nsecond\n```\n\nend")
        self.assertIn("in a cell", html.markdown("<table><tr><td>a<td><pre>in a cell</table>")[0])


class MailTests(unittest.TestCase):
    def test_a_stub_does_not_replace_the_page(self):
        message = EmailMessage()
        message["Subject"] = "Tides"
        message.set_content("Please use a reader that shows pages to see this mail.")
        message.add_alternative("<p>The pilot boards at buoy fourteen an hour before high tide.</p>", subtype="html")
        self.assertIn("buoy fourteen", loaded("a.eml", bytes(message)).text)

    def test_a_long_text_beside_another_page_is_kept(self):
        message = EmailMessage()
        message["Subject"] = "Tides"
        message.set_content("The pilot boards at buoy fourteen an hour before high tide, wherever the ship lies.")
        message.add_attachment("<p>Sent by the list of the harbour</p>", subtype="html", disposition="inline")
        read = loaded("a.eml", bytes(message)).text
        self.assertIn("buoy fourteen", read)
        self.assertIn("Sent by the list", read)

    def test_mails_that_are_nested_too_deep_are_missed(self):
        message = EmailMessage()
        message["Subject"] = "level 5"
        message.set_content("The innermost words.")
        for level in range(4, -1, -1):
            outer = EmailMessage()
            outer["Subject"] = f"level {level}"
            outer.set_content(f"Words of level {level}.")
            outer.add_attachment(message)
            message = outer
        read = loaded("a.eml", bytes(message))
        self.assertIn("Words of level 3.", read.text)
        self.assertNotIn("innermost", read.text)
        self.assertTrue(any("forwarded" in warning for warning in read.warnings), read.warnings)

    def test_a_mail_wrapped_in_its_signature_is_refused(self):
        head = b"From: a@b\nSubject: x\nMIME-Version: 1.0\n"
        wrapped = b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\nContent-Transfer-Encoding: base64\n\nMIAG\n'
        with self.assertRaises(Refusal) as caught:
            loaded("a.eml", head + wrapped)
        self.assertEqual(caught.exception.code, "unsupported")
        mixed = head + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nList footer\n--b\n' + wrapped + b"--b--\n"
        read = loaded("a.eml", mixed)
        self.assertIn("List footer", read.text)
        self.assertTrue(any("S/MIME" in warning for warning in read.warnings), read.warnings)


class OfficeTests(unittest.TestCase):
    def test_rows_in_content_controls_are_rows(self):
        import docx
        from docx.oxml import OxmlElement

        document = docx.Document()
        table = document.add_table(rows=0, cols=2)
        for row in (["Berth", "Fee"], ["North", "1200"], ["South", "850"]):
            for cell, text in zip(table.add_row().cells, row):
                cell.text = text
        for row in list(table._tbl.tr_lst)[1:]:
            control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
            row.addprevious(control)
            control.append(content)
            content.append(row)
        target = io.BytesIO()
        document.save(target)
        expected = "| Berth | Fee |\n| --- | --- |\n| North | 1200 |\n| South | 850 |"
        self.assertEqual(loaded("a.docx", target.getvalue()).text, expected)

    def test_footnotes_of_rich_text_follow_it(self):
        rtf = (
            r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}\pard The fee is due{\super\chftn}"
            r"{\footnote\pard\plain {\super\chftn} Except on \b Sundays\b0  \{see 4\} and f\'eates.} every day.\par Next.\par}"
        )
        text = loaded("a.rtf", rtf).text
        self.assertEqual(text, "The fee is due[1] every day.\n\nNext.\n\n[1] Except on Sundays {see 4} and fêtes.")
        self.assertIn("never closed", loaded("b.rtf", r"{\rtf1\ansi Words{\footnote never closed").text)


class MarkupTests(unittest.TestCase):
    def test_footnotes_and_conditional_parts_of_restructuredtext_are_kept(self):
        source = (
            "Due daily [1]_.\n\n.. [1] Except on Sundays,\n   and on holidays.\n.. [CIT2002] A citation.\n.. [#note] Named.\n\n"
            ".. only:: html\n\n   Shown on pages.\n\n.. a comment\n   of two lines\n\n.. [not a note] commented out\n"
        )
        text = loaded("a.rst", source).text
        for words in ("[1] Except on Sundays,\nand on holidays.", "[CIT2002] A citation.", "[#note] Named.", "Shown on pages."):
            self.assertIn(words, text)
        for words in ("comment", "html\n"):
            self.assertNotIn(words, text)

    def test_a_text_about_pdf_is_a_text(self):
        self.assertIn("starts with", loaded("a.txt", "A PDF starts with %PDF-1.7 and ends with %%EOF.").text)
        self.assertIn("Harbour", loaded("a.pdf", b"\r\n junk before it\n" + files.pdf()).text)

    def test_xml_is_read_by_the_encoding_it_declares(self):
        for name in ("gb2312", "gbk", "GB18030", "big5"):
            with self.subTest(name):
                text = CHINESE if name != "big5" else "港務局早上七點開門"
                data = f'<?xml version="1.0" encoding="{name}"?><a><b>{text}</b></a>'.encode(name)
                self.assertIn(text[:9], loaded("a.xml", data).text)
        japanese = "港の事務所は朝七時に開きます"
        for name in ("shift_jis", "euc-jp"):
            with self.subTest(name):
                data = f'<?xml version="1.0" encoding="{name}"?><a>{japanese}</a>'.encode(name)
                self.assertIn(japanese, loaded("a.xml", data).text)
        self.assertIn("Größe", loaded("a.xml", '<?xml version="1.0" encoding="utf-16"?><a>Größe</a>').text)
        self.assertIn("Größe", loaded("a.xml", '<?xml version="1.0" encoding="windows-1252"?><a>Größe</a>'.encode("cp1252")).text)

    def test_a_notebook_without_a_kernel_is_read(self):
        cells = [{"cell_type": "code", "source": "x = 1", "outputs": []}]
        for metadata in ({"kernelspec": None}, None, {"kernelspec": "python3"}, {"kernelspec": {"language": 3}}):
            with self.subTest(metadata=metadata):
                self.assertIn("x = 1", loaded("a.ipynb", json.dumps({"cells": cells, "metadata": metadata})).text)


if __name__ == "__main__":
    unittest.main()
