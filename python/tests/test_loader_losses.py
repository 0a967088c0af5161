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


if __name__ == "__main__":
    unittest.main()
