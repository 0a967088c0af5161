# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The worker's end of the protocol, and streams. Run with `.venv/bin/python -m unittest discover python/tests`."""

import json
import socket
import struct
import sys
import threading
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(ROOT / "python/tests")]

import numpy as np  # noqa: E402

from grounded_models.streams import GeneratorStreams, open_stream  # noqa: E402
from grounded_models.worker import Worker  # noqa: E402

MAKE, TEXT, MATRIX, SPANS, SCORES, OPEN, RELEASE = range(1, 8)


class WorkerTests(unittest.TestCase):
    def setUp(self):
        self.mine, theirs = socket.socketpair()
        self.mine.settimeout(30)
        self.thread = threading.Thread(target=Worker(theirs).serve, daemon=True)
        self.thread.start()
        self.assertEqual(self.reply(), b"\x00")

    def tearDown(self):
        self.mine.close()
        self.thread.join(10)
        self.assertFalse(self.thread.is_alive())

    def reply(self) -> bytes:
        def exactly(count):
            data = b""
            while len(data) < count:
                piece = self.mine.recv(count - len(data))
                self.assertTrue(piece)
                data += piece
            return data

        return exactly(struct.unpack("=I", exactly(4))[0])

    def ask(self, operation, target, *texts, new=0, pieces=1) -> bytes:
        encoded = [text.encode() for text in texts]
        ends = np.cumsum([len(text) for text in encoded], dtype=np.uint32).tobytes()
        body = struct.pack("=BIII", operation, target, new, len(texts)) + ends + b"".join(encoded)
        message = struct.pack("=I", len(body)) + body
        step = -(-len(message) // pieces)
        for start in range(0, len(message), step):
            self.mine.sendall(message[start : start + step])
            if pieces > 1:
                time.sleep(0.01)
        return self.reply()

    def failure(self, reply: bytes) -> tuple[str, str, str]:
        kind, name, message = struct.unpack_from("=BII", reply)
        self.assertEqual(kind, 5)
        text = reply[9:]
        return text[:name].decode(), text[name : name + message].decode(), text[name + message :].decode()

    def make(self, number=1, name="FaultyEmbedder", methods=("embed",)):
        self.assertEqual(self.ask(MAKE, number, f"fault_injection:{name}", "{}", *methods), b"\x00")

    def test_matrices_scores_spans_and_texts(self):
        self.make()
        self.make(2, "FaultyReranker", ("scores",))
        self.make(3, "Probe", ("echo",))
        for pieces in (1, 7):
            reply = self.ask(MATRIX, 1, "embed", "query", "é", "", pieces=pieces)
            self.assertEqual(struct.unpack_from("=BII", reply), (2, 2, 4))
            self.assertEqual(np.frombuffer(reply[9:], np.float32).tolist(), [0.5] * 8)
        self.assertEqual(self.ask(SCORES, 2, "scores", "a b", "b"), b"\x03" + np.float32(1).tobytes())
        self.assertEqual(
            self.ask(SPANS, 1, "token_spans", "é", "abc"), b"\x04" + struct.pack("=IIiiIii", 2, 1, 0, 2, 1, 0, 3)
        )
        for text in ("", "zero\0é日🎉", "x" * 300_000):
            self.assertEqual(self.ask(TEXT, 3, "echo", text), b"\x01" + text.encode())

    def test_failures_say_type_message_and_the_models_frames(self):
        self.make()
        name, message, frames = self.failure(self.ask(MATRIX, 1, "embed", "query", "raise"))
        self.assertEqual((name, message), ("ValueError", "deliberate é"))
        self.assertIn("in _obey", frames)
        self.assertNotIn("worker.py", frames)
        for command in ("exit", "interrupt", "surrogate", "none", "double", "flat", "strided"):
            self.failure(self.ask(MATRIX, 1, "embed", "query", command))
        self.assertEqual(self.failure(self.ask(TEXT, 9, "info"))[0], "KeyError")
        self.assertEqual(self.failure(self.ask(99, 1))[0], "KeyError")
        self.assertEqual(self.failure(self.ask(MAKE, 4, "fault_injection:Unfinished", "{}", "embed"))[0], "AttributeError")

    def test_what_a_call_opens_can_be_called_and_released(self):
        options = json.dumps({"spec": "fault_injection:FaultyGenerator", "options": {}})
        self.assertEqual(self.ask(MAKE, 1, "grounded_models.streams:GeneratorStreams", options, "open"), b"\x00")
        self.assertEqual(self.ask(OPEN, 1, "open", "S", "a b", "{}", new=7), b"\x00")
        text = ""
        while "finished" not in (event := json.loads(self.ask(TEXT, 7, "next_event")[1:])):
            text += event.get("text", "")
        self.assertEqual(text, "S a b")
        self.assertEqual(self.ask(TEXT, 7, "close"), b"\x01closed")
        self.assertEqual(self.ask(RELEASE, 7), b"\x00")
        self.assertEqual(self.failure(self.ask(TEXT, 7, "close"))[0], "KeyError")


class StreamTests(unittest.TestCase):
    def events(self, stream):
        events = []
        while not events or "finished" not in events[-1]:
            events.append(json.loads(stream.next_event()))
        return events

    def test_a_slow_reader_gets_everything_and_the_generator_waits_for_it(self):
        produced = 0

        class Fast:
            def generate(self, system, user, options):
                nonlocal produced
                for number in range(1_000):
                    produced += 1
                    yield f"{number} "

        stream = open_stream(Fast(), "", "", "{}")
        time.sleep(0.2)
        self.assertLess(produced, 200)
        text = "".join(event.get("text", "") for event in self.events(stream))
        self.assertEqual(text, "".join(f"{number} " for number in range(1_000)))

    def test_asking_takes_a_moment_at_most(self):
        class Slow:
            def generate(self, system, user, options):
                time.sleep(1)
                yield "late"

        stream = open_stream(Slow(), "", "", "{}")
        start = time.monotonic()
        self.assertEqual(json.loads(stream.next_event()), {"waiting": True})
        self.assertEqual(stream.close(), "closed")
        self.assertLess(time.monotonic() - start, 0.5)

    def test_many_generators_that_go_on_after_their_streams_are_told_of(self):
        done = threading.Event()

        class Stuck:
            def generate(self, system, user, options):
                done.wait(10)
                yield "late"

        try:
            answers = [open_stream(Stuck(), "", "", "{}").close() for _ in range(20)]
        finally:
            done.set()
        self.assertEqual(answers[0], "closed")
        self.assertEqual(answers[-1], "running")

    def test_a_generator_whose_reader_is_gone_without_a_word_ends(self):
        ended = threading.Event()

        class Endless:
            def generate(self, system, user, options):
                try:
                    while True:
                        yield "piece "
                finally:
                    ended.set()

        open_stream(Endless(), "", "", '{"timeout_seconds": 0.2}')
        self.assertTrue(ended.wait(5))

    def test_options_are_an_object_and_the_generator_has_its_method(self):
        with self.assertRaises(ValueError):
            open_stream(object(), "", "", "[]")
        with self.assertRaises(AttributeError):
            GeneratorStreams("fault_injection:Unfinished", {})


if __name__ == "__main__":
    unittest.main()
