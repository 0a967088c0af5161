# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""XML without its attacks: entities are refused, nothing outside is fetched."""

from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree as safe
from defusedxml import DefusedXmlException

from .document import Refusal


def parse(data: bytes | str) -> Element:
    """The root of a document; refused if it defines entities or is not well formed."""
    try:
        return safe.fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise Refusal("unreadable", "the XML defines entities, which are not expanded; save it with them written out") from None
    except (ParseError, ValueError, LookupError) as error:
        raise Refusal("unreadable", f"the XML is not well formed: {error}") from None


def children_of(data: bytes, parent: str) -> Iterator[Element]:
    """Each child of the first element of that local name, whole, and forgotten once the next is asked for."""
    depth, inside = 0, 0
    try:
        for event, element in safe.iterparse(BytesIO(data), ("start", "end"), forbid_dtd=False, forbid_entities=True):
            if event == "start":
                depth += 1
                if not inside and local(element) == parent:
                    inside, holder = depth, element
                continue
            depth -= 1
            if inside and depth == inside:
                yield element
                holder.clear()
            elif inside and depth < inside:
                return
    except DefusedXmlException:
        raise Refusal("unreadable", "the XML defines entities, which are not expanded; save it with them written out") from None
    except (ParseError, ValueError, LookupError) as error:
        raise Refusal("unreadable", f"the file is damaged: {error}; save it again in its program") from None


def local(element: Element) -> str:
    """An element's name without its namespace."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The value of the attribute of that local name."""
    if name in element.attrib:
        return element.attrib[name]
    ending = "}" + name
    return next((value for key, value in element.attrib.items() if key.endswith(ending)), None)


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((entry for entry in element if local(entry) == name), None)
    return element
