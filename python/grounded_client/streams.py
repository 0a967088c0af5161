# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A streamed answer, as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx2

from .errors import ConnectionFailed, UnexpectedReply, from_transport
from .events import AnswerEvent, DoneEvent, event
from .models import Answer

#: Most bytes of one event: the last one repeats the whole reply with up to 100 passages.
_MOST_EVENT_BYTES = 64 * 1_024 * 1_024


class _Progress:
    """What both streams know of the events so far."""

    def __init__(self) -> None:
        self._answer: Answer | None = None

    @property
    def answer(self) -> Answer:
        """The whole reply, once the last event was read."""
        if self._answer is None:
            raise RuntimeError("the stream was not read to its end")
        return self._answer

    def _typed(self, sent: httpx2.ServerSentEvent) -> AnswerEvent | None:
        try:
            found = event(sent)
        except (ValueError, KeyError, TypeError) as error:
            raise UnexpectedReply(f"the event {sent.event} cannot be read: {type(error).__name__}: {error}") from error
        if isinstance(found, DoneEvent):
            self._answer = found.answer
        return found

    def _end(self) -> None:
        if self._answer is None:
            raise ConnectionFailed("the stream ended before its last event")


class AnswerStream(_Progress):
    """Events of an answer, to be read once. Iterating raises what went wrong on the way."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self._response = response

    def __iter__(self) -> Iterator[AnswerEvent]:
        try:
            for sent in httpx2.EventSource(self._response, max_event_size=_MOST_EVENT_BYTES):
                if (found := self._typed(sent)) is not None:
                    yield found
        except httpx2.RequestError as error:
            raise from_transport(error) from error
        finally:
            self.close()
        self._end()

    def close(self) -> None:
        """Ends the connection; the server stops its work."""
        self._response.close()


class AsyncAnswerStream(_Progress):
    """As `AnswerStream`, for `async for`."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self._response = response

    async def __aiter__(self) -> AsyncIterator[AnswerEvent]:
        try:
            async for sent in httpx2.EventSource(self._response, max_event_size=_MOST_EVENT_BYTES):
                if (found := self._typed(sent)) is not None:
                    yield found
        except httpx2.RequestError as error:
            raise from_transport(error) from error
        finally:
            await self.close()
        self._end()

    async def close(self) -> None:
        """Ends the connection; the server stops its work."""
        await self._response.aclose()
