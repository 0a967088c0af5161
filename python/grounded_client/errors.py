# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What can go wrong, as exceptions. All of them are `GroundedError`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from .models import DocumentFailure


class GroundedError(Exception):
    """Anything that a client method raises on purpose, but for wrong arguments (`ValueError`)."""


class ConnectionFailed(GroundedError):
    """The server was not reached, or the connection broke before the whole reply was there."""


class TimedOut(ConnectionFailed):
    """The client's own time limit passed; the server may still do what was asked. Never retried."""


class UnexpectedReply(GroundedError):
    """What came back is not what a Grounded server sends; perhaps something else answers at this address."""


class DocumentsFailed(GroundedError):
    """Documents of a request or job were not indexed; the others were."""

    def __init__(self, failures: Sequence[DocumentFailure]) -> None:
        self.failures = tuple(failures)
        more = f" and {len(self.failures) - 1} more" if len(self.failures) > 1 else ""
        first = self.failures[0] if self.failures else None
        super().__init__(f"{first.id}: {first.reason}{more}" if first else "documents failed")


class APIError(GroundedError):
    """The server refused the request and said why (RFC 9457)."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        title: str = "",
        field: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" + (f" ({field})" if field else ""))
        #: HTTP status; in the middle of a stream, the one that a reply without a stream would have had.
        self.status = status
        #: Stable word for programs, such as `invalid_field`.
        self.code = code
        #: Sentence for people.
        self.detail = detail
        #: The same for all errors of this code.
        self.title = title
        #: The field at fault as a path, such as `documents[3].id`.
        self.field = field
        #: What the server's log calls this request.
        self.request_id = request_id
        #: Seconds after which a retry may succeed, where the server says it.
        self.retry_after = retry_after


class InvalidRequest(APIError):
    """400: a field is wrong, missing or unknown; `field` names it."""


class Unauthenticated(APIError):
    """401: no valid API key."""


class Forbidden(APIError):
    """403: the key's role does not allow this."""


class NotFound(APIError):
    """404: no such document, revision or job for this tenant."""


class Conflict(APIError):
    """409: the state does not allow this."""


class TooLarge(APIError):
    """413: more bytes or documents than the server takes at once."""


class UnsupportedMediaType(APIError):
    """415: the server does not read this kind of content."""


class UnreadableDocument(APIError):
    """422: the document cannot be read."""


class RateLimited(APIError):
    """429: this tenant's limit is used up; `retry_after` says for how long."""


class Unavailable(APIError):
    """503: overloaded, or something that the server needs is away."""


class DeadlineExceeded(APIError):
    """504: the query's deadline passed on the server."""


class InsufficientStorage(APIError):
    """507: the server's disk is full."""


_BY_STATUS: Mapping[int, type[APIError]] = {
    400: InvalidRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    415: UnsupportedMediaType,
    422: UnreadableDocument,
    429: RateLimited,
    503: Unavailable,
    504: DeadlineExceeded,
    507: InsufficientStorage,
}


def problem(body: Mapping[str, Any], status: int, retry_after: float | None = None) -> APIError:
    """The exception for a problem document; `status` counts where the document has none."""
    status = body.get("status", status)
    return _BY_STATUS.get(status, APIError)(
        status,
        str(body.get("code", "unknown")),
        str(body.get("detail", "")),
        title=str(body.get("title", "")),
        field=body.get("field"),
        request_id=body.get("request_id"),
        retry_after=retry_after,
    )


def from_response(response: httpx2.Response) -> APIError:
    """The exception for a reply that was read and is not a success; a proxy's own error pages have the code `http_STATUS`."""
    retry_after = _seconds(response.headers.get("Retry-After"))
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        try:
            body = response.json()
        except ValueError:
            body = None
        if isinstance(body, dict):
            return problem(body, response.status_code, retry_after)
    text = " ".join(response.text.split())[:200]
    body = {
        "code": f"http_{response.status_code}",
        "detail": text or response.reason_phrase,
        "request_id": response.headers.get("X-Request-ID"),
    }
    return problem(body, response.status_code, retry_after)


def from_transport(error: httpx2.RequestError) -> GroundedError:
    """The exception for a request that got no whole reply, or one that HTTP does not allow."""
    where = _address(error)
    if isinstance(error, httpx2.TimeoutException):
        return TimedOut(f"{where}: the client's time limit passed ({type(error).__name__})")
    text = f"{where}: {str(error) or type(error).__name__}"
    if isinstance(error, httpx2.TransportError) and not isinstance(error, (httpx2.SSEError, httpx2.UnsupportedProtocol)):
        return ConnectionFailed(text)
    return UnexpectedReply(text)


def _address(error: httpx2.RequestError) -> str:
    """Whom the request was for."""
    try:
        url = error.request.url
    except RuntimeError:
        return "the server"
    return f"{url.scheme}://{url.netloc.decode()}"


def _seconds(value: str | None) -> float | None:
    """`Retry-After`: seconds, or a date."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return max(0.0, (date - datetime.now(timezone.utc)).total_seconds())
