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


if __name__ == "__main__":
    unittest.main()
