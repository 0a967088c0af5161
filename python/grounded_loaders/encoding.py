# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Which encoding a text has."""

import codecs

from .document import Refusal

_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_GUESSED = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp874 iso8859_2 iso8859_8 koi8_r cp932 euc_jp iso2022_jp gb18030 big5 cp949"
).split()
_SAMPLE = 1 << 16
_FEW = 100
_RARE = 16
_FORGIVEN = 100
_VALID_FOR_ONE_BAD = 100
#: The bytes that begin no character of several bytes in UTF-8.
_NO_LEADS = bytes([*range(0xC2), *range(0xF5, 0x100)])


def decode(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """The text, and a warning where its encoding is a guess."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), None
    if b"\0" in data[: 1 << 20] and not _is_dotted_with_nulls(data):
        text = _wide(data)
        if text is not None:
            return text, None
    for name in (declared, "utf-8"):
        try:
            if name and (name != "utf-8" or b"\x1b$" not in data[:_SAMPLE]):
                return data.decode(name), None
        except (ValueError, LookupError):
            continue
    return _mended(data) or _guess(data)


def looks_like_text(text: str) -> bool:
    """Whether hardly any character is a control character or could not be decoded."""
    sample = text[:_SAMPLE]
    odd = sum(1 for character in sample if (character < " " and character not in "\t\n\r\x0b\f\x1b") or character in "\x7f\ufffd")
    return odd * 50 <= len(sample) + _FORGIVEN


def _is_dotted_with_nulls(data: bytes) -> bool:
    """Whether it is UTF-8 with a few stray zero bytes, and not UTF-16 or UTF-32, of which zeros are a part."""
    sample = data[:_SAMPLE]
    if sample.count(0) * 5 > len(sample):
        return False
    text = sample.replace(b"\0", b"").decode("utf-8", "replace")
    return looks_like_text(text)


def _wide(data: bytes) -> str | None:
    """Text in UTF-16 or UTF-32 without a mark: the reading with the most ASCII, if it has no unassigned characters."""
    best: tuple[int, str] | None = None
    for name, unit in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        sample = data[: _SAMPLE - _SAMPLE % unit]
        try:
            text = sample[: len(sample) - len(sample) % unit].decode(name, "strict")
        except UnicodeDecodeError as error:
            # A pair of surrogates may be cut in two at the sample's end.
            if len(sample) - error.start > 4:
                continue
            text = sample[: error.start].decode(name, "replace")
        if "\0" in text or not looks_like_text(text):
            continue
        score = sum(1 for character in text if character < "\x7f")
        if best is None or score > best[0]:
            best = (score, name)
    return data.decode(best[1], "replace") if best else None


def _mended(data: bytes) -> tuple[str, str] | None:
    """UTF-8 of which a few bytes are damaged or the end is cut off; None if it is not that."""
    if b"\x1b$" in data[:_SAMPLE]:
        return None
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    valid = len(data.translate(None, _NO_LEADS)) - bad
    if valid < 2 or bad > max(1, valid // _VALID_FOR_ONE_BAD):
        return None
    count = len(data) - len(data.decode("utf-8", "ignore").encode())
    return text, f"{count} bytes are not UTF-8 and are missing" if count != 1 else "1 byte is not UTF-8 and is missing"


def _guess(data: bytes) -> tuple[str, str | None]:
    import charset_normalizer

    sample = data[:_SAMPLE]
    high = sum(1 for byte in sample if byte >= 0x80)
    candidates = _GUESSED
    if b"\x1b$" in sample:
        candidates = ["iso2022_jp"]
    elif high * _RARE < len(sample) or (len(sample) < _FEW and high * 3 < len(sample)):
        # Letters beyond ASCII are rare, or the text is too short to tell languages apart: most such texts are western.
        candidates = ["cp1252"]
    found = charset_normalizer.from_bytes(sample, cp_isolation=candidates, enable_fallback=False).best()
    name = found.encoding if found else "cp1252"
    text = data.decode(name, "replace")
    if not looks_like_text(text):
        raise Refusal("unsupported", "the file is neither text nor of a known format")
    return text, f"the text is not UTF-8; it was read as {name.replace('_', '-')}"
