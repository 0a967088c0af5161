# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What Word and PowerPoint files have in common: parts, relationships, properties."""

import posixpath

from .document import line
from .limits import Archive
from .xml_tree import attribute, local, parse

_UNNAMED = ("word document", "powerpoint presentation", "powerpoint-präsentation", "document", "presentation", "slide 1")


def main_part(archive: Archive, usual: str) -> str:
    """The document's own part."""
    return relationships(archive, "", "officeDocument").get("officeDocument", usual)


def relationships(archive: Archive, part: str, kind: str | None = None) -> dict[str, str]:
    """The parts that ``part`` refers to, by identifier, or by the last word of their type if one ``kind`` is asked for."""
    folder, name = posixpath.split(part)
    data = archive.read_if_there(posixpath.join(folder, "_rels", f"{name}.rels"))
    found = {}
    for entry in parse(data) if data else []:
        target, last = attribute(entry, "Target") or "", (attribute(entry, "Type") or "").rsplit("/", 1)[-1]
        if attribute(entry, "TargetMode") == "External" or (kind is not None and kind != last):
            continue
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[kind or attribute(entry, "Id") or ""] = path
    return found


def title(archive: Archive) -> str | None:
    """The title in the properties, unless a program made it up."""
    data = archive.read_if_there("docProps/core.xml")
    for node in parse(data) if data else []:
        if local(node) == "title" and (text := line(node.text or "")):
            return None if text.lower() in _UNNAMED else text
    return None


def page_count(archive: Archive) -> int:
    """How many pages the program that saved the file counted; 0 if it does not say."""
    data = archive.read_if_there("docProps/app.xml")
    text = next(((node.text or "").strip() for node in parse(data) if local(node) == "Pages"), "") if data else ""
    return int(text) if text.isdigit() and len(text) < 9 else 0
