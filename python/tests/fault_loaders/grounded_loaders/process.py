# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A loader process that does what the file's name says."""

import ctypes
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time


def main() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # ends with the server
    connection = socket.socket(fileno=3)
    connection.set_inheritable(False)
    send(connection, {"ready": True})
    header = json.loads(receive(connection, struct.unpack("<I", receive(connection, 4))[0]))
    name = header["name"].split(".")[0]
    early = globals().get("early_" + name)
    if early:
        early(connection, header)
    body = receive(connection, struct.unpack("<Q", receive(connection, 8))[0])
    globals()["do_" + name](connection, header, body)


def receive(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = connection.recv(min(count - len(data), 1 << 20))
        if not part:
            os._exit(0)
        data += part
    return bytes(data)


def send(connection: socket.socket, value: object) -> None:
    data = json.dumps(value).encode()
    connection.sendall(struct.pack("<I", len(data)) + data)


def answer(connection: socket.socket, text: str, **members: object) -> None:
    send(connection, {"text": text, "format": "markdown", "title": None, "warnings": [], **members})


def do_echo(connection, header, body):
    answer(connection, body.decode(), title="A\ntitle", warnings=["page 2 holds only images\n"])


def do_slow(connection, header, body):
    time.sleep(0.3)
    answer(connection, f"read by {os.getpid()}")


def do_header(connection, header, body):
    answer(connection, json.dumps(header), format="plain")


def do_environment(connection, header, body):
    answer(connection, " ".join(sorted(os.environ)), format="plain")


def do_hang(connection, header, body):
    time.sleep(3600)


def early_deaf(connection, header):
    time.sleep(3600)


def early_refuse(connection, header):
    send(connection, {"error": {"code": "unsupported", "message": "nobody reads this"}})
    os._exit(0)


def do_refuse(connection, header, body):
    send(connection, {"error": {"code": body.decode(), "message": "so it is"}})


def do_child(connection, header, body):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    with open(body.decode(), "w") as file:
        file.write(str(child.pid))
    time.sleep(3600)


def do_memory(connection, header, body):
    resource.setrlimit(resource.RLIMIT_AS, (header["memory_bytes"],) * 2)
    hoard = []
    while True:
        hoard.append(bytearray(1 << 20))


def do_processor(connection, header, body):
    resource.setrlimit(resource.RLIMIT_CPU, (1, 2))
    while True:
        pass


def do_killed(connection, header, body):
    os.kill(os.getpid(), signal.SIGKILL)


def do_segfault(connection, header, body):
    os.kill(os.getpid(), signal.SIGSEGV)


def do_quit(connection, header, body):
    os._exit(7)


def do_garbage(connection, header, body):
    connection.sendall(struct.pack("<I", 9) + b"\xff{no json")


def do_half(connection, header, body):
    connection.sendall(struct.pack("<I", 900) + b'{"text":')
    os._exit(0)


def do_announce(connection, header, body):
    connection.sendall(struct.pack("<I", 0xFFFFFFFF) + b"x" * 100)
    time.sleep(3600)


def do_long(connection, header, body):
    answer(connection, "x" * (header["maximum_text_bytes"] + 1))


def do_format(connection, header, body):
    answer(connection, "text", format="pdf")


def do_empty(connection, header, body):
    answer(connection, " \n\f\n ")


def do_twice(connection, header, body):
    send(connection, {"ready": True})
