# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""JSON and JSON Lines: a paragraph for each record, a line for each value, as ``path: value``."""

import io
import json
from collections.abc import Iterator

from . import encoding
from .document import Document, Refusal, Source, clean, line

_DEPTH = 200


def load(source: Source, kind: str) -> Document:
    text, warning = encoding.decode(source.data)
    try:
        records = _records(json.loads(text))
    except ValueError as error:
        try:
            # Outside a document of one value, every line is one.
            records = (record for row in io.StringIO(text) if row.strip() for record in [json.loads(row)])
            written = _written(records)
        except ValueError:
            raise Refusal("unreadable", f"the JSON is not well formed: {error}") from None
    else:
        written = _written(records)
    return Document(written, "plain", warnings=[warning] if warning else [])


def _records(value: object) -> Iterator[object]:
    """The elements of a list, otherwise the value itself with lists of objects in it set apart."""
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _written(records: Iterator[object]) -> str:
    paragraphs = ("\n".join(_lines(record, "", 0)) for record in records)
    return "\n\n".join(part for part in paragraphs if part.strip())


def _lines(value: object, path: str, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        raise Refusal("unreadable", f"the JSON is nested more than {_DEPTH} deep")
    if isinstance(value, dict):
        for key, inner in value.items():
            # A page break or a line's end in a name is no more than a space.
            name = key if key.isprintable() else line(key)
            yield from _lines(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        if all(not isinstance(inner, (dict, list)) for inner in value):
            if shown := [_scalar(inner) for inner in value if inner is not None]:
                yield f"{path}: {', '.join(shown)}" if path else ", ".join(shown)
            return
        for inner in value:
            yield from _lines(inner, path, depth + 1)
            if isinstance(inner, dict):
                yield ""
    elif value is not None:
        text = _scalar(value)
        yield f"{path}: {text}" if path else text


def _scalar(value: object) -> str:
    return clean(value).strip() if isinstance(value, str) else json.dumps(value)
