# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Acknowledged means on the disk: the system calls of one `POST /index`, in the order in which the kernel saw them."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from server import QUICK, Server

CALLS = "openat,open,close,fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg,pwrite64"


def can_trace():
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


@unittest.skipUnless(can_trace(), "strace cannot attach here")
class DurabilityTests(unittest.TestCase):
    def test_the_log_is_flushed_before_the_acknowledgement(self):
        base = pathlib.Path(tempfile.mkdtemp(prefix="grounded-trace-"))
        self.addCleanup(shutil.rmtree, base, ignore_errors=True)
        trace = base / "trace"
        wrapper = ["strace", "-D", "-f", "-q", "-y", "-e", f"trace={CALLS}", "-e", "signal=none", "-s", "64", "-o", str(trace)]
        # With -D the tracer is the grandchild: the process started here is the server itself.
        with Server(base / "data", wrapper=wrapper, **QUICK) as server:
            for number in range(3):
                server.index([{"id": f"before{number}", "text": "A document before."}])
            time.sleep(1)
            reply = server.request(
                "POST", "/index", {"documents": [{"id": "traced", "text": "One document."}]}, headers={"X-Request-ID": "the-traced-one"}
            )
            self.assertEqual(reply.json["results"][0]["status"], "indexed")
            time.sleep(0.5)
            self.assertEqual(server.stop(check=False), 0)
        lines = trace.read_text(errors="replace").splitlines()
        request = self.last(lines, r'(read|recvfrom)\(.*"POST /index')
        reply = next(number for number in range(request, len(lines)) if "HTTP/1.1 200" in lines[number])
        between = lines[request:reply]
        written = [number for number, line in enumerate(between) if re.search(r"(pwrite64|write)\(\d+<[^>]*-wal>", line)]
        flushed = [number for number, line in enumerate(between) if re.search(r"f(data)?sync\(\d+<[^>]*-wal>", line)]
        self.assertTrue(written, "the write-ahead log was not written between request and reply")
        self.assertTrue(flushed, "the write-ahead log was not flushed between request and reply")
        self.assertGreater(flushed[-1], written[-1], "something was written to the log after its last flush")
        # A call that was interrupted by another thread's line is done when it is resumed.
        thread = between[flushed[-1]].split()[0]
        if "unfinished" in between[flushed[-1]]:
            resumed = [line for line in between[flushed[-1] :] if line.startswith(thread + " ") and "sync resumed" in line]
            self.assertTrue(resumed, "the flush had not returned when the reply was written")
        print(f"durability: {len(written)} writes to the log, {len(flushed)} flushes, then the reply, {len(between)} calls in all")

    def last(self, lines, pattern):
        found = [number for number, line in enumerate(lines) if re.search(pattern, line)]
        self.assertTrue(found, f"no {pattern} in the trace")
        return found[-1]


if __name__ == "__main__":
    unittest.main()
