# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The requests of the API and what their replies mean: what both clients share."""

from __future__ import annotations

import dataclasses
import json
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx2

from . import models
from .errors import UnexpectedReply
from .models import Document, Filter, Grouping, Metadata, Mode, Retrieval, Wire

T = TypeVar("T")
#: The most documents that the server takes at once.
MOST_DOCUMENTS = 1_000
#: Bytes of JSON in one request of `batches`; the server takes 32 MiB.
MOST_BYTES = 16 * 1_024 * 1_024
#: Seconds that indexing may take: a little more than the server waits.
INDEX_TIMEOUT = 610.0
#: Seconds beyond a query's own deadline in which the server's word that it passed may come.
DEADLINE_MARGIN = 5.0


@dataclasses.dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and how its reply is read."""

    method: str
    path: str
    read: Callable[[httpx2.Response], T]
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    content: bytes | None = None
    content_type: str | None = None
    #: Seconds, where the client's own limit is not meant.
    timeout: float | None = None
    #: Statuses other than 2xx that `read` understands.
    also: tuple[int, ...] = ()

    def request(self, http: httpx2.Client | httpx2.AsyncClient) -> httpx2.Request:
        return http.build_request(
            self.method,
            self.path,
            params=dict(self.params) or None,
            content=self.content,
            headers={"Content-Type": self.content_type} if self.content_type else None,
            timeout=httpx2.USE_CLIENT_DEFAULT if self.timeout is None else self.timeout,
        )

    def accepts(self, response: httpx2.Response) -> bool:
        """Whether `result` can read the reply: it is no error."""
        return response.is_success or response.status_code in self.also

    def result(self, response: httpx2.Response) -> T:
        """What the reply says.

        :raises UnexpectedReply: if it cannot be understood.
        """
        try:
            return self.read(response)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            raise UnexpectedReply(f"the reply to {self.method} {self.path} is not a Grounded server's: {what}") from error


def address(server: str) -> str:
    """The server's address, checked."""
    if not server.startswith(("http://", "https://")):
        raise ValueError("the server's address begins with http:// or https://")
    return server


def credentials(key: str | None) -> dict[str, str]:
    """The headers that say who is asking."""
    if not key:
        return {}
    if not all("!" <= character <= "~" for character in key):
        # The key itself must not stand in a traceback.
        raise ValueError("an API key is printable ASCII without spaces; was it read with its line end?")
    return {"Authorization": f"Bearer {key}"}


def _json(read: Callable[[Wire], T]) -> Callable[[httpx2.Response], T]:
    return lambda response: read(response.json())


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _document_path(id: str) -> str:
    if not id:
        raise ValueError("a document's id cannot be empty")
    # A path segment of dots alone would be taken for a step up.
    segment = id.replace(".", "%2E") if id in (".", "..") else quote(id, safe="")
    return f"/documents/{segment}"


def index(documents: Iterable[Document], wait: bool, timeout: float | None) -> Call[models.IndexReply]:
    body = {"documents": [document.to_wire() for document in documents], "wait": wait}
    read = _json(models.IndexReply.from_wire)
    return Call("POST", "/index", read, content=_encoded(body), content_type="application/json", timeout=timeout)


def index_file(
    source: str | pathlib.Path | bytes,
    filename: str | None,
    id: str | None,
    title: str | None,
    url: str | None,
    metadata: Metadata | None,
    media_type: str | None,
    wait: bool,
    timeout: float | None,
) -> Call[models.IndexReply]:
    if isinstance(source, bytes):
        if filename is None:
            raise ValueError("bytes need a filename; its ending says how they are read")
        content = source
    else:
        content = pathlib.Path(source).read_bytes()
        filename = filename or pathlib.Path(source).name
    params = {"filename": filename, "wait": "true" if wait else "false"}
    params |= {name: value for name, value in (("id", id), ("title", title), ("url", url)) if value is not None}
    if metadata:
        params["metadata"] = _encoded(dict(metadata)).decode()
    return Call(
        "POST", "/index", _json(models.IndexReply.from_wire), params=params, content=content,
        content_type=media_type or "application/octet-stream", timeout=timeout,
    )


def batches(documents: Iterable[Document], size: int) -> Iterator[list[Document]]:
    """Documents in lists that the server takes: at most `size` each, and about `MOST_BYTES` of text."""
    if not 1 <= size <= MOST_DOCUMENTS:
        raise ValueError(f"give a batch size of 1 to {MOST_DOCUMENTS}")
    batch: list[Document] = []
    held = 0
    for document in documents:
        length = len(_encoded(document.to_wire()))
        if batch and (len(batch) == size or held + length > MOST_BYTES):
            yield batch
            batch, held = [], 0
        batch.append(document)
        held += length
    if batch:
        yield batch


def job_id(job: str | models.IndexReply) -> str:
    """The id of a job, named by itself or by the reply that announced it."""
    if isinstance(job, str):
        return job
    if job.job_id is None:
        raise ValueError("the documents are already indexed; there is no job to wait for")
    return job.job_id


def job(id: str) -> Call[models.Job]:
    return Call("GET", f"/jobs/{quote(id, safe='')}", _json(models.Job.from_wire))


def query(
    question: str,
    stream: bool,
    top_k: int | None,
    mode: Mode | None,
    filter: Filter | None,
    rerank: bool | None,
    generate: bool | None,
    group: Grouping | None,
    deadline: float | None,
    retrieval: Retrieval | None,
) -> Call[models.Answer]:
    fields: dict[str, Any] = {} if retrieval is None else retrieval.to_wire()
    fields |= {
        "top_k": top_k, "mode": mode, "filter": filter, "rerank": rerank, "generate": generate, "group": group,
        "deadline_ms": None if deadline is None else max(1, round(deadline * 1_000)),
    }
    body = {"query": question, "stream": stream} | {name: value for name, value in fields.items() if value is not None}
    return Call(
        "POST", "/query", _json(models.Answer.from_wire), content=_encoded(body), content_type="application/json",
        timeout=None if deadline is None else deadline + DEADLINE_MARGIN,
    )


def documents(after: str | None, prefix: str | None, limit: int) -> Call[models.DocumentPage]:
    params = {"limit": str(limit)}
    params |= {name: value for name, value in (("after", after), ("prefix", prefix)) if value}
    return Call("GET", "/documents", _json(models.DocumentPage.from_wire), params=params)


def document(id: str) -> Call[models.StoredDocument]:
    return Call("GET", _document_path(id), _json(models.StoredDocument.from_wire))


def text(id: str, revision: int | None) -> Call[models.DocumentText]:
    def read(response: httpx2.Response) -> models.DocumentText:
        hash = response.headers["ETag"].strip('"')
        return models.DocumentText(response.content, int(response.headers["X-Revision"]), hash)

    params = {} if revision is None else {"revision": str(revision)}
    return Call("GET", _document_path(id) + "/text", read, params=params)


def delete(id: str) -> Call[models.Withdrawal]:
    return Call("DELETE", _document_path(id), _json(models.Withdrawal.from_wire))


def health() -> Call[models.Health]:
    return Call("GET", "/health", _json(models.Health.from_wire))


def ready() -> Call[bool]:
    # A server that is not ready says so with 503 and its status; a proxy's 503 has none and counts as not ready as well.
    return Call("GET", "/health/ready", lambda response: response.status_code == 200, also=(503,))


def metrics() -> Call[str]:
    return Call("GET", "/metrics", lambda response: response.text)
