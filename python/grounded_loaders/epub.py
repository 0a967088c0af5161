# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""EPUB books: the chapters in the order of reading."""

import posixpath
from urllib.parse import unquote

from . import encoding, html
from .document import Document, Refusal, Source, join, line
from .limits import Archive
from .xml_tree import attribute, local, parse

_FONT_OBFUSCATION = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


def load(source: Source, kind: str) -> Document:
    archive = Archive(source)
    encryption = archive.read_if_there("META-INF/encryption.xml")
    if encryption and b"EncryptedData" in encryption and not any(method in encryption for method in _FONT_OBFUSCATION):
        raise Refusal("encrypted", "the book is protected against copying; upload one that is not")
    container = parse(archive.read("META-INF/container.xml"))
    package = next((attribute(node, "full-path") for node in container.iter() if local(node) == "rootfile"), None)
    if not package:
        raise Refusal("unreadable", "the book is damaged: it does not say where its contents are")
    root = parse(archive.read(package))
    folder = posixpath.dirname(package)
    items = {attribute(node, "id"): attribute(node, "href") or "" for node in root.iter() if local(node) == "item"}
    chapters, missing = [], 0
    for node in root.iter():
        if local(node) != "itemref" or attribute(node, "idref") not in items:
            continue
        path = posixpath.normpath(posixpath.join(folder, unquote(items[attribute(node, "idref")])))
        data = archive.read_if_there(path)
        if data is None:
            missing += 1
            continue
        chapters.append(html.markdown(encoding.decode(data)[0])[0])
    warnings = [f"{missing} of its chapters are missing in the file"] if missing else []
    title = next((line(node.text or "") for node in root.iter() if local(node) == "title"), None)
    return Document(join(chapters), title=title, warnings=warnings)
