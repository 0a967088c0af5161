# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What a file really is: its bytes decide, its name only where they leave it open."""

import re

from . import encoding
from .document import Refusal, Source
from .file_kinds import CODE, EXTENSIONS, FOREIGN, IMAGES, MEDIA_TYPES, NAMES
from .limits import Archive

_ARCHIVE_REMEDY = "; unpack it and upload the files in it"
_MAIL = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[ \t].*\n(?:[ \t]+.*\n)*){2,}")
_MAIL_FIELD = re.compile(r"^(?:From|To|Received|Return-Path|MIME-Version|Subject|Message-ID|Delivered-To):", re.MULTILINE | re.IGNORECASE)


def kind_of(source: Source) -> tuple[str, str | None]:
    """The kind of a file, and a warning if its name promises another. Refuses what no loader takes."""
    promised = _promised(source)
    kind = _by_bytes(source)
    if kind is None:
        return _among_texts(source, promised)
    if promised is not None and promised != kind and (promised in NAMES or promised in ("csv", "json", "plain", "markdown", "code")):
        return kind, f"its name says {NAMES.get(promised, 'text')}, but it is {NAMES[kind]}; it was read as that"
    return kind, None


def _promised(source: Source) -> str | None:
    extension = source.extension or source.name.rsplit("/", 1)[-1].lower()
    if extension in EXTENSIONS:
        return EXTENSIONS[extension]
    if extension in CODE:
        return "code"
    return MEDIA_TYPES.get((source.media_type or "").split(";")[0].strip().lower())


def _by_bytes(source: Source) -> str | None:
    """The kind that the bytes leave no doubt about; None for texts."""
    data = source.data
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_archive(Archive(source))
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _in_compound_file(source)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(tuple(IMAGES)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or data[4:12] in (b"ftypheic", b"ftypavif"):
        return "image"
    if data[:2] == b"BM" and data[6:10] == b"\0\0\0\0":
        return "image"
    for mark, name in FOREIGN:
        if data.startswith(mark) and (len(mark) > 3 or b"\0" in data[:512] or mark == b"\x1f\x8b"):
            remedy = _ARCHIVE_REMEDY if "archive" in name else ""
            raise Refusal("unsupported", f"the file is {name}, which holds no text that is read{remedy}")
    if data[257:262] == b"ustar":
        raise Refusal("unsupported", f"the file is a tar archive{_ARCHIVE_REMEDY}")
    if data[4:8] == b"ftyp":
        raise Refusal("unsupported", "the file is video, which holds no text that is read")
    return "pdf" if b"%PDF-" in data[:1024] and _opens_as_pdf(data) else None


def _opens_as_pdf(data: bytes) -> bool:
    """Whether it is a PDF behind other bytes, and not a text that mentions its mark."""
    import pypdfium2

    try:
        pypdfium2.PdfDocument(data).close()
    except pypdfium2.PdfiumError as error:
        return "password" in str(error).lower()
    return True


def _in_archive(archive: Archive) -> str:
    names = archive.names
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "sheet")):
            if any(name.startswith(folder) for name in names):
                return kind
    kind = (archive.read_if_there("mimetype") or b"").decode("ascii", "replace").strip()
    for ending, found in (("epub+zip", "epub"), ("text", "odt"), ("presentation", "odp"), ("spreadsheet", "sheet")):
        if kind.removesuffix("-template").endswith(ending):
            manifest = archive.read_if_there("META-INF/manifest.xml") or b""
            if b"encryption-data" in manifest:
                raise Refusal("encrypted", "the document is protected by a password; save it without one")
            return found
    if "META-INF/container.xml" in names:
        return "epub"
    raise Refusal("unsupported", f"the file is a zip archive{_ARCHIVE_REMEDY}")


def _in_compound_file(source: Source) -> str:
    import olefile

    try:
        with olefile.OleFileIO(source.data) as file:
            streams = {"/".join(path) for path in file.listdir()}
    except (OSError, ValueError, IndexError) as error:
        raise Refusal("unreadable", f"the file is damaged: {error}; save it again in its program") from None
    if "EncryptedPackage" in streams:
        raise Refusal("encrypted", "the document is protected by a password; save it without one")
    found = {"WordDocument": "doc", "PowerPoint Document": "ppt", "Workbook": "sheet", "Book": "sheet", "__properties_version1.0": "msg"}
    for stream, kind in found.items():
        if stream in streams and kind == "ppt":
            raise Refusal("unsupported", "a PowerPoint 97 presentation is not read; save it as .pptx")
        if stream in streams:
            return kind
    raise Refusal("unsupported", "the file is an OLE container of a program that is not known")


def _among_texts(source: Source, promised: str | None) -> tuple[str, str | None]:
    text, _ = encoding.decode(source.data)
    if not encoding.looks_like_text(text):
        raise Refusal("unsupported", "the file is neither text nor of a known format")
    start = text[:4096].lstrip().lower()
    sniffed = "plain"
    if start.startswith(("<!doctype html", "<html")):
        sniffed = "html"
    elif start.startswith("<?xml"):
        sniffed = "html" if "<html" in start else "xml"
    elif start.startswith("#!"):
        sniffed = "code"
    elif (fields := _MAIL.match(text[:65536].lstrip())) and _MAIL_FIELD.search(fields[0]):
        sniffed = "mail"
    binary = ("pdf", "docx", "pptx", "sheet", "odt", "odp", "rtf", "epub", "msg", "doc", "ppt", "image")
    if promised in binary:
        if promised == "rtf" and sniffed == "plain" and not text.strip():
            return "plain", None
        return sniffed, f"its name says {NAMES[promised]}, but it is {NAMES.get(sniffed, 'text')}; it was read as that"
    return promised or sniffed, None
