# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The loader's process: its protocol, its limits, and files that were made to hurt it."""

import io
import json
import os
import signal
import struct
import sys
import tempfile
import unittest
import unittest.mock
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests"), str(ROOT / "benchmarks")]

import loader_files as files  # noqa: E402
from loaders import load  # noqa: E402

DOCUMENTS = ROOT.parent / "shared/data/documents/unstructured"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]><l>&a11;</l>"


class ProcessTests(unittest.TestCase):
    def refused(self, name: str, data: bytes, code: str, pattern: str, **changes) -> None:
        loaded = load(data, name, **changes)
        self.assertIsNotNone(loaded.reply, f"{name} ended with {loaded.status}")
        error = loaded.reply.get("error")
        self.assertIsNotNone(error, f"{name}: {loaded.reply}")
        self.assertEqual(error["code"], code, error)
        self.assertRegex(error["message"], pattern)
        self.assertLess(loaded.seconds, 20)

    def test_a_document_is_loaded_and_the_process_ends(self):
        loaded = load("# Title\r\n\r\nText with a null\0 byte.".encode(), "a.md")
        self.assertEqual(loaded.status, 0)
        self.assertEqual(loaded.reply, {"text": "# Title\n\nText with a null byte.", "format": "markdown", "title": None, "warnings": []})
        code = "def f():\n\treturn 1\n"
        self.assertEqual(load(code.encode(), "a.py").reply["text"], code)
        self.assertEqual(load(code.encode(), "a.py").reply["format"], "code")

    def test_the_process_is_held_to_its_limits(self):
        hog = "import sys; sys.path[:0] = sys.argv[2:]; from grounded_loaders import limits; limits.apply(1 << 28, 1); "
        for act, ends in {
            "bytearray(1 << 29)": b"MemoryError",
            "open('/dev/shm/grounded-test' if __import__('os').path.isdir('/dev/shm') else 'x', 'wb', 0).write(b'x')": b"File too large",
            "import socket; socket.create_connection(('127.0.0.1', 9), 1)": b"Error",
            "import os; limits.give_way(); assert os.nice(0) >= 10; raise KeyError": b"KeyError",
        }.items():
            done = self.run_python(hog + act)
            self.assertIn(ends, done[1], act)
        self.assertEqual(self.run_python(hog + "\nwhile True: pass")[0], -signal.SIGXCPU if sys.platform == "linux" else -signal.SIGKILL)
        Path("/dev/shm/grounded-test").unlink(missing_ok=True)

    def run_python(self, program: str) -> tuple[int, bytes]:
        import subprocess

        done = subprocess.run([sys.executable, "-c", program, "0", str(ROOT / "python")], capture_output=True, timeout=60, check=False)
        return done.returncode, done.stderr

    def test_what_needs_more_memory_is_refused_with_the_limit(self):
        rows = "\n".join(json.dumps({f"key {n}": [n] * 50}) for n in range(40_000))
        self.refused("a.json", f"[{rows.replace(chr(10), ',')}]".encode(), "too_large", "134217728 bytes of memory", memory_bytes=128 << 20)
        self.refused("big.txt", b"x" * (64 << 20), "too_large", r"67108864 bytes", memory_bytes=128 << 20)

    def test_the_text_limit_is_named(self):
        self.refused("a.txt", b"many words " * 1000, "too_large", "at most 5000", maximum_text_bytes=5000)

    def test_a_line_of_fifty_megabytes_is_refused_in_time(self):
        self.refused("line.txt", b"word " * (10 << 20), "too_large", "33554432")
        self.refused("line.csv", b"word, " * (8 << 20), "too_large", "bytes")
        self.refused("line.json", b'["' + b"word " * (10 << 20) + b'"]', "too_large", "bytes")

    def test_archives_that_unpack_to_too_much_are_refused(self):
        zeros = b"0" * (100 << 20)
        bomb = files.zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", zeros))
        self.refused("bomb.docx", bomb, "too_large", "times its size")
        large = files.zipped(("[Content_Types].xml", "<Types/>"), *((f"xl/{n}.xml", zeros) for n in range(3)))
        self.refused("bomb.xlsx", large, "too_large", "unpacks to")
        many = files.zipped(*((f"{n}", b"") for n in range(20_001)), compression=zipfile.ZIP_STORED)
        self.refused("many.zip", many, "too_large", "20001 files")

    def test_a_sheet_with_cells_far_apart_is_refused(self):
        cells = "".join(f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row>' for column, row in (("A", 1), ("XFD", 1_048_576)))
        sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
        with zipfile.ZipFile(io.BytesIO(files.xlsx())) as whole:
            parts = [(name, sheet if name.endswith("sheet1.xml") else whole.read(name)) for name in whole.namelist()]
        self.refused("sparse.xlsx", files.zipped(*parts), "too_large", "1048576 rows")

    def test_what_makes_parsers_slow_is_read_in_time(self):
        self.assertLess(load(b"<html>words" + b"<!--" * 1_000_000, "a.html").seconds, 5)
        self.assertLess(load(b"`a <" * 1_000_000, "a.rst").seconds, 20)
        self.assertLess(load(b"x," * 1_000_000, "a.csv").seconds, 20)

    def test_archives_in_archives_are_not_opened(self):
        inner = b"words"
        for depth in range(20):
            inner = files.zipped((f"{depth}.zip", inner))
        self.refused("nested.zip", inner, "unsupported", "unpack it")
        self.refused("nested.docx", inner, "unsupported", "zip archive")
        self.refused("a.gz", b"\x1f\x8b\x08\0" + bytes(20), "unsupported", "gzip")

    def test_entities_of_xml_are_not_expanded(self):
        self.refused("laughs.xml", LAUGHS.encode(), "unreadable", "entities")
        laughing = files.zipped(("[Content_Types].xml", "<Types/>"), ("word/document.xml", LAUGHS))
        self.refused("laughs.docx", laughing, "unreadable", "entities")
        outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
        self.refused("outside.xml", outside.encode(), "unreadable", "entities")
        self.refused("deep.xml", ("<a>" * 100_000 + "x" + "</a>" * 100_000).encode(), "unreadable", "nested|well formed")
        self.refused("deep.json", b"[" * 200_000 + b"]" * 200_000, "unreadable", "nested")
        deep = load(("<div>" * 100_000 + "words").encode(), "deep.html")
        self.assertEqual(deep.text, "words")

    def test_a_file_that_lies_about_its_type_is_read_as_what_it_is(self):
        reply = load(files.docx(), "report.pdf").reply
        self.assertIn("Retry policy", reply["text"])
        self.assertRegex(reply["warnings"][0], "name says a PDF, but it is a Word document")
        reply = load(b"These are only words.", "report.docx").reply
        self.assertEqual((reply["format"], reply["text"]), ("plain", "These are only words."))
        self.assertRegex(reply["warnings"][0], "name says a Word document, but it is text")
        self.assertIn("Retry policy", load(files.pdf(), "notes.txt").text)
        self.assertIn("| Berth |", load(files.html().encode(), "report.xls").text)
        self.refused("a.txt", b"\x7fELF" + bytes(range(256)) * 20, "unsupported", "program")
        self.refused("a.docx", os.urandom(4096), "unsupported", "neither text")
        self.refused("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(100), "unreadable", "OCR")

    def test_what_holds_no_text_is_refused(self):
        wide = " \n ".encode("utf-16")
        empty = {"a.txt": b"", "b.txt": b" \n\t\r\n ", "c.txt": wide, "d.md": "\ufeff\n".encode(), "e.csv": b",,\n,,\n"}
        for name, data in empty.items():
            self.refused(name, data, "empty", "empty|white space|no text")

    def test_damaged_files_are_refused(self):
        whole = files.docx()
        self.refused("cut.docx", whole[: len(whole) // 2], "unreadable", "damaged")
        self.refused("cut.pdf", b"%PDF-1.7\nnothing else", "unreadable", "damaged")
        broken = files.zipped(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook"))
        self.refused("cut.xlsx", broken, "unreadable", "damaged")
        self.refused("cut.doc", COMPOUND_FILE + bytes(1000), "unreadable", "damaged")
        self.refused("cut.ipynb", b'{"cells": 4', "unreadable", "notebook")
        self.refused("bad.json", b'{"a": ', "unreadable", "well formed")
        self.refused("bad.xml", b"<a><b></a>", "unreadable", "well formed")

    def test_damage_anywhere_never_ends_the_process_without_an_answer(self):
        import random

        seed = int(os.environ.get("GROUNDED_SEED", "7"))
        source = random.Random(seed)
        writers = {"docx": files.docx, "pptx": files.pptx, "xlsx": files.xlsx, "pdf": files.pdf, "odt": files.odt, "rtf": files.rtf}
        samples = {f"a.{kind}": write() for kind, write in writers.items()}
        for name, data in samples.items():
            for _ in range(6):
                broken = bytearray(data)
                for _ in range(source.randrange(1, 30)):
                    broken[source.randrange(len(broken))] = source.randrange(256)
                loaded = load(bytes(broken[: source.randrange(len(broken) // 2, len(broken) + 1)]), name)
                self.assertIsNotNone(loaded.reply, f"{name} with seed {seed} ended with {loaded.status}")

    def test_six_hundred_pages_are_loaded_in_time(self):
        lines = {n: "\n".join(f"Line {m} of page {n} says this." for m in range(45)) for n in range(1, 601)}
        data = files.pages_pdf([f"Page {n} of the long report.\n{text}" for n, text in lines.items()])
        loaded = load(data, "long.pdf")
        self.assertEqual(loaded.text.count("\n\f\n"), 599)
        self.assertTrue(all(f"Line 44 of page {n} says this." in loaded.text for n in range(1, 601)))
        self.assertLess(loaded.seconds, 60)
        self.assertLess(loaded.peak_bytes, 512 << 20)

    def test_scanned_pages_are_reported(self):
        from PIL import Image
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfgen.canvas import Canvas

        def document(texts: list[str | None]) -> bytes:
            target = io.BytesIO()
            canvas = Canvas(target)
            for text in texts:
                if text:
                    canvas.drawString(72, 700, text)
                else:
                    canvas.drawImage(ImageReader(Image.new("RGB", (60, 80), (200, 10, 10))), 0, 0, 600, 800)
                canvas.showPage()
            canvas.save()
            return target.getvalue()

        reply = load(document(["A page of words.", None, None, "And another one."]), "a.pdf").reply
        self.assertEqual(reply["warnings"], ["pages 2, 3 hold only images; their text is missing"])
        self.assertEqual(reply["text"].count("\f"), 3)
        self.refused("scan.pdf", document([None, None]), "unreadable", "only images; turn on OCR")

    def test_pictures_are_read_where_ocr_is_on(self):
        from PIL import Image

        target = io.BytesIO()
        Image.new("L", (40, 40), 255).save(target, "PNG")
        scan = io.BytesIO()
        Image.new("RGB", (200, 200), (9, 9, 9)).save(scan, "PDF")
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.dict(os.environ, {"PATH": f"{folder}:/usr/bin:/bin"}):
            self.refused("a.png", target.getvalue(), "unreadable", "no tesseract", ocr=True)
            program = Path(folder, "tesseract")
            program.write_text('#!/bin/sh\nhead -c 2 | od -An -tx1\necho "words in a picture"\n')
            program.chmod(0o700)
            self.assertIn("words in a picture", load(target.getvalue(), "a.png", ocr=True).text)
            reply = load(scan.getvalue(), "scan.pdf", ocr=True).reply
        # The page arrives as PGM, which begins with P5.
        self.assertIn("50 35", reply["text"])
        self.assertEqual(reply["warnings"], ["the text of page 1 was recognised in images"])

    @unittest.skipUnless(DOCUMENTS.exists(), "the documents are not there")
    def test_protected_files_are_refused(self):
        for name in ("password_protected.xlsx", "pdf/password.pdf", "eml/fake-encrypted.eml", "fake-encrypted.msg"):
            self.refused(name, (DOCUMENTS / name).read_bytes(), "encrypted", "password|encrypted")

    def test_a_server_that_ends_is_no_fault(self):
        import socket

        from grounded_loaders import process

        ours, theirs = socket.socketpair()
        ours.close()
        with theirs, self.assertRaises(OSError):
            process.serve(theirs)
        ours, theirs = socket.socketpair()
        ours.shutdown(socket.SHUT_WR)
        with ours, theirs:
            process.serve(theirs)
            size = struct.unpack("<I", ours.recv(4))[0]
            self.assertEqual(json.loads(ours.recv(size)), {"ready": True})


if __name__ == "__main__":
    unittest.main()
