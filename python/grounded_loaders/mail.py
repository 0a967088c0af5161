# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Mails: who wrote to whom about what, the text, and what is attached."""

import email
import email.policy
import re
from collections import Counter
from email.message import EmailMessage
from email.utils import collapse_rfc2231_value

from . import encoding, html
from .document import Document, Refusal, Source, heading, join, line, paragraph

_FIELDS = ("Subject", "From", "To", "Cc", "Date")
_DEPTH = 3
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_REPEATED = 0.8
_BYTES_BEYOND_ASCII = re.compile(rb"^(?:\xff\xfe|\xfe\xff|\xef\xbb\xbf)")


def load(source: Source, kind: str) -> Document:
    data = source.data.lstrip(b" \t\r\n")
    if _BYTES_BEYOND_ASCII.match(data) or b"\0" in data[:512]:
        data = encoding.decode(data)[0].encode()
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not message.keys():
        raise Refusal("unreadable", "the mail has no header; it is damaged")
    blocks, warnings = [], []
    _write(message, blocks, warnings, 0)
    return Document(join(blocks), title=_field(message, "Subject"), warnings=list(dict.fromkeys(warnings)))


def header_block(fields: list[tuple[str, str]]) -> str:
    """A mail's fields, one on each line."""
    return "\n".join(f"{name}: {text}" for name, value in fields if (text := line(value)))


def attachment_block(names: list[str]) -> str:
    return f"Attachments: {', '.join(names)}" if names else ""


def body_of(plain: str, page: str) -> str:
    """The text of a mail that may say it twice: the plain text if it says what the page does; both where neither says what the other does."""
    text = join([paragraph(part) for part in re.split(r"\n[ \t]*\n", plain.replace("\r\n", "\n"))])
    if not page.strip():
        return text
    written = html.markdown(page)[0]
    if not text:
        return written
    ours, theirs = (Counter(word[0] for word in re.finditer(r"\w+", part.casefold())) for part in (text, written))
    common = (ours & theirs).total()
    if common >= _REPEATED * theirs.total():
        return text
    if ours.total() > theirs.total() and common < (1 - _REPEATED) * ours.total():
        return join([text, written])
    return written


def _write(message: EmailMessage, blocks: list[str], warnings: list[str], depth: int) -> None:
    kind = message.get_content_type()
    is_sealed = kind in _SEALED and message.get_param("smime-type") != "signed-data"
    if is_sealed or kind == "multipart/encrypted":
        raise Refusal("encrypted", "the mail is encrypted; save it decrypted")
    blocks.append(header_block([(name, _field(message, name)) for name in _FIELDS]))
    plain, pages, attached, texts, inner = [], [], [], [], []
    _sort_parts(message, plain, pages, attached, texts, inner, warnings)
    if not depth and _is_wrapped(message) and not any(text.strip() for text in plain + pages) and not texts and not inner:
        raise Refusal("unsupported", "the mail's text is wrapped in its signature (opaque S/MIME), which is not read; save it without")
    blocks.append(body_of("\n\n".join(plain), "\n".join(pages)))
    blocks.append(attachment_block(attached))
    for name, text in texts:
        blocks += [heading(2, name), text]
    for part in inner:
        if depth < _DEPTH:
            _write(part, blocks, warnings, depth + 1)
        else:
            warnings.append(f"forwarded mails that are nested deeper than {_DEPTH} are missing")


def _is_wrapped(message: EmailMessage) -> bool:
    return any(part.get_content_type() in _SEALED for part in message.walk())


def _sort_parts(part, plain: list, pages: list, attached: list, texts: list, inner: list, warnings: list[str]) -> None:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner += [message for message in part.get_payload() if hasattr(message, "get_content_type")]
        return
    if part.is_multipart():
        for child in part.iter_parts() if hasattr(part, "iter_parts") else part.get_payload():
            _sort_parts(child, plain, pages, attached, texts, inner, warnings)
        return
    name = _file_name(part)
    if kind in _SEALED:
        warnings.append("what a part wrapped in its signature or encrypted (S/MIME) says is missing")
    is_attached = part.get_content_disposition() == "attachment" or (name and kind not in ("text/plain", "text/html"))
    if kind == "text/html" and not is_attached:
        pages.append(_text(part, warnings))
    elif kind.startswith("text/") and not is_attached:
        plain.append(_text(part, warnings))
    elif name or is_attached:
        attached.append(name or kind)
        if kind in ("text/plain", "text/markdown", "text/csv"):
            texts.append((name or kind, _attached_text(kind, _text(part, warnings))))


def _attached_text(kind: str, text: str) -> str:
    if kind == "text/csv":
        from .csv_table import markdown

        return markdown(text)
    return text.replace("\r\n", "\n") if kind == "text/markdown" else body_of(text, "")


def _text(part, warnings: list[str]) -> str:
    try:
        data = part.get_payload(decode=True) or b""
    except (ValueError, LookupError):
        data = str(part.get_payload()).encode("utf-8", "replace")
    declared = part.get_content_charset()
    if declared and declared.lower() in ("iso-8859-8-i", "iso-8859-8-e"):
        declared = "iso8859_8"
    text, warning = encoding.decode(data, declared)
    if warning:
        warnings.append(warning)
    return text


def _file_name(part) -> str | None:
    try:
        return line(collapse_rfc2231_value(part.get_filename() or "")) or None
    except (ValueError, LookupError, TypeError):
        return "unnamed"


def _field(message: EmailMessage, name: str) -> str:
    try:
        return line(str(message.get(name) or ""))
    except Exception:  # noqa: BLE001  (the parser of fields fails in many ways on fields that break its grammar)
        raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return line(str(raw))
