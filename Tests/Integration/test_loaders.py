# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Documents that are not text, and documents that mean harm, against the real server: each ends in time with the right word, and whoever
else is there does not notice.
"""

import io
import json
import os
import pathlib
import threading
import time
import unittest
import urllib.parse
import zipfile
from concurrent.futures import ThreadPoolExecutor

from server import QUICK, Server

LIMIT = 60


def pdf(pages):
    """A PDF with one line of text per page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for line in pages:
        content = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET"
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    output = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(output))
        output += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(output)
    output += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    output += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    output += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(output)


def archive(files):
    """A ZIP of names and contents; an integer stands for so many megabytes of zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in files.items():
            with target.open(name, "w", force_zip64=True) as file:
                if isinstance(content, int):
                    for _ in range(content):
                        file.write(bytes(1 << 20))
                else:
                    file.write(content)
    return buffer.getvalue()


def nested(depth):
    content = b"the bottom"
    for _ in range(depth):
        content = archive({"inner.zip": content})
    return content


def laughs():
    lines = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))]
    return f"<?xml version='1.0'?><!DOCTYPE x [{''.join(lines)}]><x>&a10;</x>".encode()


def upload(server, name, content, **parameters):
    """The reply to one file; the type is left to the server."""
    query = urllib.parse.urlencode({"filename": name, **parameters})
    return server.request("POST", f"/index?{query}", content, {"Content-Type": "application/octet-stream"}, timeout=120)


def processes_of(server):
    """The numbers of the server's child processes."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                status = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(status[1]) == server.process.pid and status[0] != "Z":
                found.append(int(folder.name))
    return found


@unittest.skipUnless(pathlib.Path("/proc/self/stat").exists(), "processes are counted in /proc")
class LoaderTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(**QUICK)
        cls.addClassCleanup(cls.server.stop, check=False)
        notes = [{"id": f"note-{n}", "text": f"Note {n} says that the {n}th kettle whistles at {n} degrees."} for n in range(60)]
        cls.server.index(notes)

    def result(self, name, content):
        reply = upload(self.server, name, content)
        self.assertEqual(reply.status, 200, reply.body[:300])
        return reply.json["results"][0]

    def refused(self, name, content, *codes):
        begin = time.monotonic()
        result = self.result(name, content)
        self.assertLess(time.monotonic() - begin, LIMIT)
        self.assertEqual(result["status"], "failed", result)
        self.assertIn(result["error"]["code"], codes, result)
        self.assertGreater(len(result["error"]["detail"]), 20)
        self.assertEqual(self.server.request("GET", self.server.document_path(name)).status, 404)
        return result["error"]["detail"]

    def test_a_pdf_keeps_its_pages(self):
        result = self.result("three.pdf", pdf(["The first page is on apples", "The second page is on pears", "The third page is on plums"]))
        self.assertEqual(result["status"], "indexed", result)
        self.assertEqual(result["warnings"], [])
        text = self.server.text("three.pdf").body.decode()
        self.assertEqual(text.count("\f"), 2)
        self.assertLess(text.index("apples"), text.index("pears"))
        self.assertIn("pears", self.server.query("Which page is on pears?", top_k=3)["passages"][0]["text"])

    def test_code_is_divided_by_definition(self):
        code = "import os\n\n\nclass Kettle:\n    def whistle(self, degrees):\n        return degrees > 90\n"
        self.assertEqual(self.result("kettle.py", code.encode())["status"], "indexed")
        self.assertEqual(self.server.request("GET", "/documents/kettle.py").json["format"], "code")
        self.assertEqual(self.server.text("kettle.py").body.decode(), code)

    def test_a_table_is_a_table(self):
        result = self.result("fruit.csv", b"fruit,colour\napple,red\npear,green\n")
        self.assertEqual(result["status"], "indexed", result)
        self.assertIn("| apple", self.server.text("fruit.csv").body.decode())

    def test_the_true_type_counts(self):
        self.assertEqual(self.result("really-a.txt", pdf(["A page that lies about its name"]))["status"], "indexed")
        self.assertIn("lies about", self.server.text("really-a.txt").body.decode())
        self.refused("really-a-program.pdf", b"\x7fELF" + bytes(range(256)) * 20, "unsupported_media_type", "unreadable_document")

    def test_what_holds_no_text_is_refused(self):
        for name, content in [("blank.txt", b" \n\t\n"), ("blank.csv", b"\n\n"), ("torn.docx", b"PK\x03\x04torn"), ("blank.pdf", pdf([""]))]:
            with self.subTest(name):
                self.refused(name, content, "unreadable_document", "unsupported_media_type")

    def test_poison_ends_in_time_and_nobody_notices(self):
        poison = {
            "bomb.docx": (archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": 700}), {"too_large", "unreadable_document"}),
            "nested.zip": (nested(60), {"unsupported_media_type", "unreadable_document", "too_large"}),
            "laughs.xml": (laughs(), {"unreadable_document", "too_large"}),
            "deep.json": (b"[" * 200_000, {"unreadable_document", "too_large"}),
            "liar.docx": (b"\x89PNG\r\n\x1a\n" + bytes(4000), {"unsupported_media_type", "unreadable_document"}),
        }
        book = pdf([f"Page {number} of the long book is on subject {number * 7}" for number in range(1, 601)])
        stop = threading.Event()
        latencies, indexed = [], []

        def ask():
            connection = self.server.connection()
            body = {"generate": False, "top_k": 3}
            number = 0
            while not stop.is_set():
                number += 1
                begin = time.monotonic()
                reply = self.server.request("POST", "/query", {"query": f"kettle {number % 60}", **body}, connection=connection)
                latencies.append(time.monotonic() - begin)
                self.assertEqual(reply.status, 200)
                time.sleep(0.01)

        def work():
            number = 0
            while not stop.is_set():
                number += 1
                self.server.index([{"id": f"beside-{number}", "text": f"Beside it all, job {number} goes on."}])
                indexed.append(time.monotonic())

        with ThreadPoolExecutor(10) as pool:
            beside = [pool.submit(ask), pool.submit(work)]
            time.sleep(1)
            begin = time.monotonic()
            runs = {name: pool.submit(self.refused, name, content, *codes) for name, (content, codes) in poison.items()}
            long = pool.submit(self.result, "book.pdf", book)
            line = pool.submit(upload, self.server, "line.txt", b"x" * (50 << 20))
            details = {name: run.result(LIMIT) for name, run in runs.items()}
            result = long.result(LIMIT)
            self.assertLess(time.monotonic() - begin, LIMIT)
            stop.set()
            for task in beside:
                task.result(10)
        self.assertEqual(result["status"], "indexed", result)
        self.assertEqual(self.server.text("book.pdf").body.count(b"\f"), 599)
        self.assertEqual(line.result().status, 413)
        self.assertIsNone(self.server.process.poll(), self.server.log_tail())
        latencies.sort()
        p99 = latencies[int(len(latencies) * 0.99)]
        print(f"\n{len(latencies)} queries beside poison: p99 {p99 * 1000:.0f} ms; {len(indexed)} documents indexed beside it; {details}")
        self.assertLess(p99, float(os.environ.get("GROUNDED_P99_LIMIT", "0.15")))
        self.assertGreater(len(indexed), 10)

    def test_jobs_go_on_beside_poison_and_name_the_reason(self):
        reply = upload(self.server, "laughs-2.xml", laughs(), wait="false")
        self.assertEqual(reply.status, 202)
        good = self.server.request("POST", "/index", {"documents": [{"id": "good", "text": "A good note."}], "wait": False})
        jobs = {}
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            jobs = {job: self.server.request("GET", f"/jobs/{job}").json for job in (reply.json["job_id"], good.json["job_id"])}
            if all(job["status"] in ("done", "failed") for job in jobs.values()):
                break
            time.sleep(0.1)
        bad, fine = jobs[reply.json["job_id"]], jobs[good.json["job_id"]]
        self.assertEqual(fine["status"], "done", fine)
        self.assertEqual(bad["status"], "failed", bad)
        self.assertEqual(len(bad["failures"]), 1)
        self.assertFalse(bad["failures"][0]["quarantined"])
        self.assertGreater(len(bad["failures"][0]["reason"]), 20)


@unittest.skipUnless(pathlib.Path("/proc/self/stat").exists(), "processes are counted in /proc")
class LoaderProcessTests(unittest.TestCase):
    def test_no_process_outlives_a_server_that_is_killed(self):
        server = Server(**QUICK)
        self.addCleanup(server.kill)
        upload(server, "a.pdf", pdf(["A page"]))
        children = processes_of(server)
        self.assertTrue(children)
        server.process.kill()
        server.process.wait()
        end = time.monotonic() + 5
        while any(pathlib.Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < end:
            time.sleep(0.02)
        self.assertFalse([child for child in children if pathlib.Path(f"/proc/{child}").exists()])

    def test_the_time_limit_is_kept_and_named(self):
        server = Server(LOADER_TIMEOUT_SECONDS=1, **QUICK)
        self.addCleanup(server.stop, check=False)
        book = pdf([("words " * 400).strip() for _ in range(5_000)])
        begin = time.monotonic()
        result = upload(server, "book.pdf", book).json["results"][0]
        self.assertLess(time.monotonic() - begin, 15)
        self.assertEqual(result["status"], "failed", result)
        self.assertEqual(result["error"]["code"], "too_large")
        self.assertIn("LOADER_TIMEOUT_SECONDS", result["error"]["detail"])

    def test_without_loaders_the_refusal_says_what_to_do(self):
        server = Server(LOADER_PROCESSES=0, **QUICK)
        self.addCleanup(server.stop, check=False)
        result = upload(server, "a.pdf", pdf(["A page"])).json["results"][0]
        self.assertEqual(result["error"]["code"], "unsupported_media_type")
        self.assertIn("LOADER_PROCESSES", result["error"]["detail"])
        table = upload(server, "a.json", json.dumps({"fruit": "apple"}).encode()).json["results"][0]
        self.assertEqual(table["status"], "indexed")
        self.assertIn("plain text", table["warnings"][0])
        self.assertEqual(processes_of(server), [])


if __name__ == "__main__":
    unittest.main()
