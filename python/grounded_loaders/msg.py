# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Outlook messages (MSG): a compound file with a stream for each property."""

import re
import struct

import olefile

from . import encoding, mail
from .document import Document, Refusal, Source, join
from .rtf import compressed_text

_SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _CC, _BODY, _HEADERS, _CLASS = 0x37, 0xC1A, 0xC1F, 0xE04, 0xE03, 0x1000, 0x7D, 0x1A
_HTML, _RTF, _LONG_NAME, _NAME, _CODEPAGE = 0x1013, 0x1009, 0x3707, 0x3704, 0x3FFD
_DATE = re.compile(r"^Date:[ \t]*(.+)$", re.MULTILINE | re.IGNORECASE)
_EPOCH = 116_444_736_000_000_000


def load(source: Source, kind: str) -> Document:
    try:
        with olefile.OleFileIO(source.data) as file:
            return _document(_Properties(file))
    except (OSError, struct.error, IndexError) as error:
        raise Refusal("unreadable", f"the message is damaged: {error}; save it again in its program") from None


def _document(properties: "_Properties") -> Document:
    kind = properties.text(_CLASS).lower()
    names = properties.attachments()
    is_sealed = ("smime" in kind and "multipartsigned" not in kind) or any(name.endswith((".rpmsg", ".pgp-encrypted")) for name in names)
    if is_sealed:
        raise Refusal("encrypted", "the message is encrypted; save it decrypted")
    sender, address = properties.text(_SENDER), properties.text(_SENDER_ADDRESS)
    if address and "@" in address and address not in sender:
        sender = f"{sender} <{address}>"
    subject = properties.text(_SUBJECT)
    fields = [("Subject", subject), ("From", sender), ("To", properties.text(_TO)), ("Cc", properties.text(_CC))]
    fields.append(("Date", properties.date()))
    plain = properties.text(_BODY)
    page = properties.page()
    if not plain.strip() and not page:
        plain = compressed_text(properties.data(_RTF))
    blocks = [mail.header_block(fields), mail.body_of(plain, page), mail.attachment_block(names)]
    return Document(join(blocks), title=subject or None)


class _Properties:
    """The properties of a message."""

    def __init__(self, file: olefile.OleFileIO):
        self._file = file
        self._streams = {"/".join(path).lower(): path for path in file.listdir()}

    def data(self, tag: int, kind: int = 0x102, folder: str = "") -> bytes:
        path = self._streams.get(f"{folder}__substg1.0_{tag:04x}{kind:04x}")
        return self._file.openstream(path).read() if path else b""

    def text(self, tag: int, folder: str = "") -> str:
        if wide := self.data(tag, 0x1F, folder):
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self.data(tag, 0x1E, folder)
        return encoding.decode(narrow.rstrip(b"\0"))[0] if narrow else ""

    def page(self) -> str:
        """The HTML body."""
        if data := self.data(_HTML):
            declared = re.search(rb"charset=[\"']?([A-Za-z0-9_-]+)", data[:4096])
            return encoding.decode(data, declared[1].decode("ascii") if declared else None)[0]
        return self.text(_HTML)

    def date(self) -> str:
        """When it was sent, as its headers say, otherwise as its properties do."""
        if match := _DATE.search(self.text(_HEADERS).replace("\r", "")):
            return match[1]
        data = b""
        if path := self._streams.get("__properties_version1.0"):
            data = self._file.openstream(path).read()[32:]
        for start in range(0, len(data) - 15, 16):
            tag, _, value = struct.unpack_from("<IIQ", data, start)
            if tag in (0x00390040, 0x0E060040) and value > _EPOCH:
                import datetime

                moment = datetime.datetime.fromtimestamp(0, datetime.timezone.utc)
                return (moment + datetime.timedelta(microseconds=(value - _EPOCH) // 10)).isoformat(" ", "seconds")
        return ""

    def attachments(self) -> list[str]:
        folders = sorted({path.split("/")[0] + "/" for path in self._streams if path.startswith("__attach")})
        names = (self.text(_LONG_NAME, folder) or self.text(_NAME, folder) for folder in folders)
        return [name for name in names if name]
