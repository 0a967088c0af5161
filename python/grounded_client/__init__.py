# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Typed client of a Grounded server.

    from grounded_client import Client, Document

    with Client("http://127.0.0.1:8080") as client:
        client.index([Document("ferry", "The ferry leaves at nine.")])
        print(client.query("When does the ferry leave?").text)

`AsyncClient` offers the same methods for asyncio. Every failure is a `GroundedError`.
"""

from .async_client import AsyncClient
from .client import Client
from .errors import (
    APIError,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    DocumentsFailed,
    Forbidden,
    GroundedError,
    InsufficientStorage,
    InvalidRequest,
    NotFound,
    RateLimited,
    TimedOut,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnexpectedReply,
    UnreadableDocument,
    UnsupportedMediaType,
)
from .events import AnswerEvent, CitationEvent, DoneEvent, PassagesEvent, TokenEvent
from .models import (
    Answer,
    CacheUse,
    Citation,
    Dependency,
    Document,
    DocumentFailure,
    DocumentText,
    Health,
    IndexReply,
    IndexResult,
    Job,
    Passage,
    Proof,
    Recency,
    Retrieval,
    Revision,
    Scores,
    StoredDocument,
    Withdrawal,
)
from .retries import Retry
from .streams import AnswerStream, AsyncAnswerStream

__all__ = [
    "APIError", "Answer", "AnswerEvent", "AnswerStream", "AsyncAnswerStream", "AsyncClient", "CacheUse", "Citation", "CitationEvent",
    "Client", "Conflict", "ConnectionFailed", "DeadlineExceeded", "Dependency", "Document", "DocumentFailure", "DocumentText",
    "DocumentsFailed", "DoneEvent", "Forbidden", "GroundedError", "Health", "IndexReply", "IndexResult", "InsufficientStorage",
    "InvalidRequest", "Job", "NotFound", "Passage", "PassagesEvent", "Proof", "RateLimited", "Recency", "Retrieval", "Retry",
    "Revision", "Scores", "StoredDocument", "TimedOut", "TokenEvent", "TooLarge", "Unauthenticated", "Unavailable",
    "UnexpectedReply", "UnreadableDocument", "UnsupportedMediaType", "Withdrawal",
]
