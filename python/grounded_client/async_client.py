# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The client for asyncio: the same methods as `Client`."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
import time
from collections.abc import AsyncIterator, Iterable
from types import TracebackType

import httpx2

from . import calls
from .calls import INDEX_TIMEOUT, Call, T
from .errors import GroundedError, TimedOut, from_response, from_transport
from .models import (
    Answer,
    Document,
    DocumentText,
    Filter,
    Grouping,
    Health,
    IndexReply,
    Job,
    Metadata,
    Mode,
    Retrieval,
    StoredDocument,
    Withdrawal,
)
from .retries import Retry
from .streams import AsyncAnswerStream


class AsyncClient:
    """A connection pool to one server for one event loop. To be closed, best by `async with`.

    :param server: Address such as `http://127.0.0.1:8080`; a path in it is kept, for servers behind a proxy.
    :param key: API key; None for a server without keys.
    :param timeout: Seconds that a connection, and then each part of a reply, may take; queries with a deadline have their own limit,
        and so has indexing, which may wait for up to ten minutes.
    :param retry: When a request is sent again; `Retry(times=0)` for never.
    :param transport: What carries the requests, to be replaced for TLS of one's own, proxies and tests.
    """

    def __init__(
        self,
        server: str = "http://127.0.0.1:8080",
        key: str | None = None,
        *,
        timeout: float = 60.0,
        retry: Retry = Retry(),
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._retry = retry
        self._http = httpx2.AsyncClient(
            base_url=calls.address(server),
            headers=calls.credentials(key),
            timeout=timeout,
            transport=transport,
        )

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def index(self, documents: Iterable[Document], *, wait: bool = True, timeout: float | None = INDEX_TIMEOUT) -> IndexReply:
        """Indexes up to 1,000 documents. A document that fails does not stop the others: see `IndexReply.raise_for_failures`.

        :param wait: False: returns as soon as the documents are durable, with the id of the job that publishes them.
        """
        return await self._send(calls.index(documents, wait, timeout))

    async def index_many(self, documents: Iterable[Document], *, batch: int = 100) -> AsyncIterator[IndexReply]:
        """Indexes any number of documents, which may come from a generator; yields the reply to each batch.

        Nothing is sent before the replies are iterated over.
        """
        for some in calls.batches(documents, batch):
            yield await self.index(some)

    async def index_file(
        self,
        source: str | pathlib.Path | bytes,
        *,
        filename: str | None = None,
        id: str | None = None,
        title: str | None = None,
        url: str | None = None,
        metadata: Metadata | None = None,
        media_type: str | None = None,
        wait: bool = True,
        timeout: float | None = INDEX_TIMEOUT,
    ) -> IndexReply:
        """Indexes one file as it is: a path, or bytes with a `filename`. Its name is the document's id unless `id` is given."""
        call = calls.index_file(source, filename, id, title, url, metadata, media_type, wait, timeout)
        return await self._send(call)

    async def job(self, id: str) -> Job:
        """How far accepted work is."""
        return await self._send(calls.job(id))

    async def wait(self, job: str | IndexReply, *, timeout: float = 600.0, pause: float = 0.2) -> Job:
        """Waits until a job has ended, well or not: see `Job.raise_for_failures`.

        :param pause: Seconds between two looks.
        :raises TimedOut: if it has not ended after `timeout` seconds.
        """
        id = calls.job_id(job)
        deadline = time.monotonic() + timeout
        while not (found := await self.job(id)).is_finished:
            if time.monotonic() + pause > deadline:
                raise TimedOut(f"{id} is {found.status} after {timeout:g} s")
            await asyncio.sleep(pause)
        return found

    async def query(
        self,
        question: str,
        *,
        top_k: int | None = None,
        mode: Mode | None = None,
        filter: Filter | None = None,
        rerank: bool | None = None,
        generate: bool | None = None,
        group: Grouping | None = None,
        deadline: float | None = None,
        retrieval: Retrieval | None = None,
    ) -> Answer:
        """Finds passages and answers. What is left out is the server's default.

        :param generate: False: passages only.
        :param deadline: Seconds that the server may take.
        :param retrieval: How passages are found and ordered, beyond the server's settings.
        """
        call = calls.query(question, False, top_k, mode, filter, rerank, generate, group, deadline, retrieval)
        return await self._send(call)

    @contextlib.asynccontextmanager
    async def stream(
        self,
        question: str,
        *,
        top_k: int | None = None,
        mode: Mode | None = None,
        filter: Filter | None = None,
        rerank: bool | None = None,
        generate: bool | None = None,
        group: Grouping | None = None,
        deadline: float | None = None,
        retrieval: Retrieval | None = None,
    ) -> AsyncIterator[AsyncAnswerStream]:
        """As `query`, event by event. Leaving the block early stops the server's work.

            async with client.stream("When does the ferry leave?") as events:
                async for event in events:
                    if isinstance(event, TokenEvent):
                        print(event.text, end="")
                answer = events.answer
        """
        call = calls.query(question, True, top_k, mode, filter, rerank, generate, group, deadline, retrieval)
        response = await self._response(call, stream=True)
        try:
            yield AsyncAnswerStream(response)
        finally:
            await response.aclose()

    async def documents(self, *, prefix: str | None = None, after: str | None = None, page: int = 100) -> AsyncIterator[StoredDocument]:
        """Every document whose id begins with `prefix`, by id and without its history; pages are fetched as they are needed."""
        while True:
            found = await self._send(calls.documents(after, prefix, page))
            for document in found.documents:
                yield document
            if found.next is None:
                return
            after = found.next

    async def document(self, id: str) -> StoredDocument:
        """A document with its history.

        :raises NotFound: if there is none.
        """
        return await self._send(calls.document(id))

    async def text(self, id: str, *, revision: int | None = None) -> DocumentText:
        """The bytes that citations refer to, of the current revision unless another is named.

        :raises NotFound: if there is no such document or revision.
        """
        return await self._send(calls.text(id, revision))

    async def delete(self, id: str) -> Withdrawal:
        """Withdraws a document everywhere; the reply says what can still be reached.

        :raises NotFound: if there is none; also where the first reply was lost and the request was sent again.
        """
        return await self._send(calls.delete(id))

    async def health(self) -> Health:
        """How the server and everything it needs are."""
        return await self._send(calls.health())

    async def is_ready(self) -> bool:
        """Whether the server can serve something useful.

        :raises ConnectionFailed: if nobody answers.
        """
        return await self._send(calls.ready())

    async def metrics(self) -> str:
        """Metrics in the Prometheus text format; needs the role admin."""
        return await self._send(calls.metrics())

    async def _send(self, call: Call[T]) -> T:
        return call.result(await self._response(call))

    async def _response(self, call: Call[T], stream: bool = False) -> httpx2.Response:
        """The reply to the first attempt that needs no other; an error reply is raised."""
        attempt = 1
        while True:
            try:
                return await self._attempt(call, stream)
            except GroundedError as error:
                wait = self._retry.wait_after(error, attempt)
                if wait is None:
                    raise
            await asyncio.sleep(wait)
            attempt += 1

    async def _attempt(self, call: Call[T], stream: bool) -> httpx2.Response:
        try:
            response = await self._http.send(call.request(self._http), stream=stream)
            if call.accepts(response):
                return response
            await response.aread()
        except httpx2.RequestError as error:
            raise from_transport(error) from error
        raise from_response(response)
