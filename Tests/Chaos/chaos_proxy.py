# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A TCP proxy whose faults are switched while it runs. Needs nothing but Python.

    chaos_proxy.py --upstream 127.0.0.1:6379 [--listen 127.0.0.1:0] [--control 127.0.0.1:0]

prints {"listen": PORT, "control": PORT} and then obeys commands, one a line, from standard input and from the control port; each is
answered with a line of JSON. It ends when standard input does. From Python: `with ChaosProxy(("127.0.0.1", 6379)) as proxy:
proxy.fault("stall")`.

What applies to connections applies to those that are open as well as to new ones, from the next bytes on:

    pass                everything goes through (connections that were ruined before stay so)
    refuse              nobody listens; open connections are reset
    close               connections are closed at once, open ones too
    drop                open connections are reset, once; the fault in force stays
    stall               nothing goes through, and nothing is lost: it arrives when the fault ends
    half-open           nothing goes through ever again on connections of this time, as after a lost route
    latency SECONDS     replies come later by this much
    slow BYTES          replies come at so many bytes a second
    rst BYTES           a reset after so many bytes of the next reply
    truncate BYTES      an orderly end after so many bytes of the next reply
    garbage [BYTES]     the next reply is random bytes instead, as many unless told
    greet TEXT          new connections are told this and closed; open ones are reset
    reply TEXT          each piece that a client sends is answered with this, and goes no further
    reply-resp TEXT     each RESP command that a client sends is answered with this line, and goes no further
    status              what is in force, and what was counted

In TEXT, \\r, \\n, \\t, \\\\ and \\xNN are read as in Python.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import random
import socket
import struct
import sys
import threading

_CHUNK = 65536
_WORDS = {"refuse", "close", "drop", "stall", "half-open", "pass", "status"}
_NUMBERS = {"latency", "slow", "rst", "truncate", "garbage"}
_TEXTS = {"greet", "reply", "reply-resp"}


class CommandCounter:
    """Counts whole RESP commands in the bytes of a client."""

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        self.rest += data
        count = 0
        while (end := self._end()) is not None:
            self.rest = self.rest[end:]
            count += 1
        return count

    def _end(self):
        line = self.rest.find(b"\r\n")
        if line < 0:
            return None
        if not self.rest.startswith(b"*"):
            return line + 2
        position = line + 2
        for _ in range(int(self.rest[1:line])):
            line = self.rest.find(b"\r\n", position)
            if line < 0:
                return None
            position = line + 2 + int(self.rest[position + 1 : line]) + 2
        return position if position <= len(self.rest) else None


class Connection:
    """One client and its own connection to the server."""

    def __init__(self, proxy, reader, writer):
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.upstream = None
        self.is_ruined = False
        self.commands = CommandCounter()

    async def run(self):
        fault, argument = self.proxy.mode
        if fault == "greet":
            self.writer.write(argument)
            return await self.finish()
        if fault == "close":
            return await self.finish()
        try:
            source, self.upstream = await asyncio.open_connection(*self.proxy.upstream)
        except OSError:
            return self.reset()
        pumps = [asyncio.ensure_future(self.requests()), asyncio.ensure_future(self.replies(source))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self.upstream.close()
            await self.finish()

    async def requests(self):
        while data := await self.reader.read(_CHUNK):
            fault, argument = await self.settled()
            if self.is_ruined:
                continue
            if fault == "reply":
                self.writer.write(argument)
            elif fault == "reply-resp":
                self.writer.write(argument * self.commands.feed(data))
            else:
                self.upstream.write(data)
                await self.upstream.drain()

    async def replies(self, source):
        while data := await source.read(_CHUNK):
            fault, argument = await self.settled()
            if self.is_ruined:
                continue
            self.proxy.counts["replies"] += 1
            if fault == "latency":
                await asyncio.sleep(argument)
            elif fault == "garbage":
                data = random.randbytes(int(argument) or len(data))
            elif fault in ("rst", "truncate"):
                self.writer.write(data[: int(argument)])
                await self.writer.drain()
                if fault == "rst":
                    # What was sent should arrive before the reset discards it.
                    await asyncio.sleep(0.002)
                    self.reset()
                return
            elif fault == "slow":
                for position in range(len(data)):
                    self.writer.write(data[position : position + 1])
                    await self.writer.drain()
                    await asyncio.sleep(1 / argument)
                continue
            self.writer.write(data)
            await self.writer.drain()

    async def settled(self):
        """The fault in force, once nothing is held back any more."""
        while self.proxy.mode[0] == "stall":
            await self.proxy.changed.wait()
        if self.proxy.mode[0] == "half-open":
            self.is_ruined = True
        return self.proxy.mode

    def reset(self):
        self.proxy.counts["resets"] += 1
        raw = self.writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def finish(self):
        with contextlib.suppress(OSError):
            await self.writer.drain()
            self.writer.close()
            await self.writer.wait_closed()


class Proxy:
    """The proxy on its event loop; `ChaosProxy` is for everyone else."""

    def __init__(self, upstream, listen=("127.0.0.1", 0)):
        self.upstream, self.address = upstream, listen
        self.mode = ("pass", None)
        self.changed = asyncio.Event()
        self.connections = set()
        self.counts = collections.Counter(connections=0, replies=0, resets=0)
        self.server = None

    async def start(self):
        self.server = await asyncio.start_server(self.accept, *self.address, reuse_address=True)
        self.address = self.server.sockets[0].getsockname()[:2]

    async def accept(self, reader, writer):
        self.counts["connections"] += 1
        connection = Connection(self, reader, writer)
        self.connections.add(connection)
        try:
            await connection.run()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self.connections.discard(connection)

    async def obey(self, line):
        """Obeys a command; the answer is what is in force."""
        word, _, rest = line.strip().partition(" ")
        if word in _WORDS:
            argument = None
        elif word in _NUMBERS:
            argument = float(rest or 0)
        elif word in _TEXTS:
            argument = rest.encode().decode("unicode_escape").encode("latin-1")
            if word == "reply-resp" and not argument.endswith(b"\r\n"):
                argument += b"\r\n"
        else:
            raise ValueError(f"unknown fault {word!r}")
        if word not in ("status", "drop"):
            self.mode = (word, argument)
            self.changed.set()
            self.changed = asyncio.Event()
            await self.listen_or_not(word != "refuse")
        if word in ("refuse", "drop", "close", "greet"):
            for connection in list(self.connections):
                connection.reset()
        return {"fault": self.mode[0], "open": len(self.connections), **self.counts}

    async def listen_or_not(self, should_listen):
        if should_listen and self.server is None:
            await self.start()
        elif not should_listen and self.server is not None:
            self.server.close()
            self.server = None

    async def control(self, reader, writer):
        while line := await reader.readline():
            writer.write(await self.answer(line.decode()))
            await writer.drain()
        writer.close()

    async def answer(self, line):
        try:
            result = await self.obey(line)
        except (ValueError, OSError) as error:
            result = {"error": str(error)}
        return (json.dumps(result) + "\n").encode()


class ChaosProxy:
    """A proxy on a thread of its own. `port` is where it listens."""

    def __init__(self, upstream):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.proxy = self._run(self._start(upstream))
        self.port = self.proxy.address[1]

    @staticmethod
    async def _start(upstream):
        proxy = Proxy(upstream)
        await proxy.start()
        return proxy

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=10)

    def fault(self, command):
        """Switches the fault; returns what is in force and what was counted."""
        return self._run(self.proxy.obey(command))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.fault("refuse")
        self._run(asyncio.sleep(0.01))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=10)


def _address(text):
    host, _, port = text.rpartition(":")
    return host or "127.0.0.1", int(port)


async def _main(arguments):
    proxy = Proxy(arguments.upstream, arguments.listen)
    await proxy.start()
    control = await asyncio.start_server(proxy.control, *arguments.control)
    ports = {"listen": proxy.address[1], "control": control.sockets[0].getsockname()[1]}
    print(json.dumps(ports), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print((await proxy.answer(line)).decode(), end="", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", required=True, type=_address)
    parser.add_argument("--listen", default="127.0.0.1:0", type=_address)
    parser.add_argument("--control", default="127.0.0.1:0", type=_address)
    asyncio.run(_main(parser.parse_args()))
