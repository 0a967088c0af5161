# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Events of a streamed answer: `PassagesEvent` first, then tokens and citations mixed, then one `DoneEvent`."""

from __future__ import annotations

import dataclasses

import httpx2

from .errors import UnexpectedReply, problem
from .models import Answer, Citation, Passage


@dataclasses.dataclass(frozen=True, slots=True)
class PassagesEvent:
    """What was found, before anything is written."""

    passages: tuple[Passage, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class TokenEvent:
    """The next piece of the answer's text."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class CitationEvent:
    """A marker of the text so far was checked."""

    citation: Citation


@dataclasses.dataclass(frozen=True, slots=True)
class DoneEvent:
    """The whole reply, as it would be without a stream. Its text counts: markers that failed their check are gone from it."""

    answer: Answer


AnswerEvent = PassagesEvent | TokenEvent | CitationEvent | DoneEvent


def event(sent: httpx2.ServerSentEvent) -> AnswerEvent | None:
    """The typed event; None for a kind that this version does not know.

    :raises APIError: for the event `error`.
    """
    data = sent.json()
    if not isinstance(data, dict):
        raise UnexpectedReply(f"the event {sent.event} holds no JSON object")
    match sent.event:
        case "passages":
            return PassagesEvent(tuple(map(Passage.from_wire, data["passages"])))
        case "token":
            return TokenEvent(data["text"])
        case "citation":
            return CitationEvent(Citation.from_wire(data))
        case "done":
            return DoneEvent(Answer.from_wire(data))
        case "error":
            raise problem(data, 500)
        case _:
            return None
