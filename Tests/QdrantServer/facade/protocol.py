# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""HTTP/1.1 over asyncio: persistent connections, bodies by length or in chunks, one request after the other."""

import asyncio
import http

_LARGEST_HEAD = 64 << 10
_LARGEST_BODY = 32 << 20
_REASONS = {status.value: status.phrase for status in http.HTTPStatus}


class _Broken(Exception):
    """A request that cannot be read to its end: the connection is closed after the answer."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Connection(asyncio.Protocol):
    def __init__(self, service):
        self._service = service
        self._transport = None
        self._buffer = bytearray()
        self._head = None

    def connection_made(self, transport):
        self._transport = transport

    def connection_lost(self, error):
        self._transport = None

    def data_received(self, data):
        self._buffer += data
        try:
            while self._buffer and self._transport is not None and not self._transport.is_closing():
                if self._head is None and not self._read_head():
                    return
                body = self._read_body()
                if body is None:
                    return
                method, target, headers, keep, _ = self._head
                self._head = None
                self._send(*self._service.answer(method, target, headers, body), keep)
                self._service.flush_backlogs()
        except _Broken as broken:
            self._send(broken.status, "text/plain; charset=utf-8", str(broken).encode(), False)

    def _read_head(self):
        end = self._buffer.find(b"\r\n\r\n", 0, _LARGEST_HEAD)
        if end < 0:
            if len(self._buffer) >= _LARGEST_HEAD:
                raise _Broken(431, "the request head is too large")
            return False
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        try:
            method, target, version = lines[0].decode("ascii").split(" ")
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(b":")
                headers[name.strip().lower()] = value.strip()
            length = int(headers.get(b"content-length", b"0"))
        except ValueError:
            raise _Broken(400, "the request head cannot be read") from None
        if length < 0:
            raise _Broken(400, "the request head cannot be read")
        if length > _LARGEST_BODY:
            raise _Broken(413, f"JSON payload ({length} bytes) is larger than allowed (limit: {_LARGEST_BODY} bytes).")
        if headers.get(b"content-encoding", b"identity") != b"identity":
            raise _Broken(501, "not implemented by the test server: compressed bodies")
        chunked = headers.get(b"transfer-encoding", b"").lower() == b"chunked"
        connection = headers.get(b"connection", b"").lower()
        keep = connection != b"close" if version == "HTTP/1.1" else connection == b"keep-alive"
        if headers.get(b"expect", b"").lower() == b"100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._head = (method, target, headers, keep, None if chunked else length)
        return True

    def _read_body(self):
        """The body, or None while a part of it is still to come."""
        length = self._head[4]
        if length is None:
            return self._read_chunks()
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_chunks(self):
        parts, at = [], 0
        while True:
            end = self._buffer.find(b"\r\n", at)
            if end < 0:
                return None
            try:
                size = int(bytes(self._buffer[at:end]).partition(b";")[0], 16)
            except ValueError:
                raise _Broken(400, "a chunk's size cannot be read") from None
            if at + size > _LARGEST_BODY:
                raise _Broken(413, f"JSON payload is larger than allowed (limit: {_LARGEST_BODY} bytes).")
            at = end + 2
            if len(self._buffer) < at + size + 2:
                return None
            parts.append(bytes(self._buffer[at : at + size]))
            at += size + 2
            if size == 0:
                del self._buffer[:at]
                return b"".join(parts)

    def _send(self, status, kind, body, keep):
        end = "" if keep else "connection: close\r\n"
        head = f"HTTP/1.1 {status} {_REASONS.get(status, '')}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{end}\r\n"
        self._transport.write(head.encode("ascii") + body)
        if not keep:
            self._transport.close()
