# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What goes to the server and what comes back. Fields that a newer server adds are ignored."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from .errors import DocumentsFailed

Scalar = str | int | float | bool
Metadata = Mapping[str, Scalar | Sequence[Scalar]]
#: As in the API's filter language: `{"year": {"gte": 2020}, "or": […]}`.
Filter = Mapping[str, Any]
Wire = Mapping[str, Any]

Mode = Literal["hybrid", "dense", "lexical"]
Grouping = Literal["document", "chunk"]
#: What search or read can still reach: a count, or "pending" where it cannot be counted yet.
Remaining = int | Literal["pending"]


@dataclasses.dataclass(frozen=True, slots=True)
class Document:
    """A document to be indexed. Its id names it within the tenant; the same id again makes a new revision."""

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    metadata: Metadata = dataclasses.field(default_factory=dict)
    format: Literal["plain", "markdown", "html"] = "plain"

    def to_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {"id": self.id, "text": self.text, "format": self.format}
        if self.title is not None:
            wire["title"] = self.title
        if self.url is not None:
            wire["url"] = self.url
        if self.metadata:
            wire["metadata"] = dict(self.metadata)
        return wire


@dataclasses.dataclass(frozen=True, slots=True)
class Recency:
    """Prefers newer passages: freshness halves with every `half_life_days` of age."""

    #: A metadata field with an ISO 8601 date, or with seconds since 1970.
    field: str
    half_life_days: float = 30
    #: The share of the score that freshness has, 0 to 1.
    weight: float = 0.3


@dataclasses.dataclass(frozen=True, slots=True)
class Retrieval:
    """How passages are found and ordered. What is None is left to the server."""

    #: Whether the answer says how each passage came to its place.
    explain: bool | None = None
    #: "absolute", "minmax" or "rrf".
    fusion: Literal["absolute", "minmax", "rrf"] | None = None
    #: How much the dense search counts, 0 to 1.
    dense_weight: float | None = None
    recency: Recency | None = None
    #: Maximal marginal relevance: 1 is relevance alone, 0 difference alone.
    mmr_lambda: float | None = None
    #: What the share of the question's words in the title and in the headings adds, 0 to 1 each.
    title_boost: float | None = None
    heading_boost: float | None = None
    expand: Literal["none", "prf", "multi_query", "sub_questions", "hyde"] | None = None
    #: Whether passages that say the same are shown once; by default where an answer is wanted.
    collapse: bool | None = None

    def to_wire(self) -> dict[str, Any]:
        groups = {
            "fusion": {"method": self.fusion, "dense_weight": self.dense_weight},
            "recency": dataclasses.asdict(self.recency) if self.recency else {},
            "mmr": {"lambda": self.mmr_lambda},
            "boosts": {"title": self.title_boost, "heading": self.heading_boost},
        }
        wire: dict[str, Any] = {"explain": self.explain, "expand": self.expand, "collapse": self.collapse}
        for name, group in groups.items():
            given = {member: value for member, value in group.items() if value is not None}
            wire[name] = given or None
        return {name: value for name, value in wire.items() if value is not None}


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentFailure:
    """Why a document was not indexed."""

    id: str
    reason: str
    #: Stable word such as `unsupported_media_type`; None in a job's report.
    code: str | None = None
    field: str | None = None
    #: Whether a job gave the document up after its last attempt.
    quarantined: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class IndexResult:
    """What became of one document."""

    id: str
    status: Literal["indexed", "updated", "unchanged", "failed"]
    revision: int | None
    hash: str | None
    chunks: int
    error: DocumentFailure | None
    #: What the indexed text lacks of the document.
    warnings: tuple[str, ...] = ()

    @classmethod
    def from_wire(cls, wire: Wire) -> IndexResult:
        error = wire["error"]
        failure = DocumentFailure(wire["id"], error["detail"], error["code"], error["field"]) if error else None
        return cls(wire["id"], wire["status"], wire["revision"], wire["hash"], wire["chunks"], failure, tuple(wire.get("warnings", ())))


@dataclasses.dataclass(frozen=True, slots=True)
class IndexReply:
    """Results in the order of the documents, or the job that will publish them."""

    results: tuple[IndexResult, ...]
    #: Set where the caller did not wait.
    job_id: str | None
    timings_ms: Mapping[str, float]
    request_id: str

    @classmethod
    def from_wire(cls, wire: Wire) -> IndexReply:
        results = tuple(map(IndexResult.from_wire, wire["results"]))
        return cls(results, wire["job_id"], wire["timings_ms"], wire["request_id"])

    @property
    def failures(self) -> tuple[DocumentFailure, ...]:
        return tuple(result.error for result in self.results if result.error)

    def raise_for_failures(self) -> IndexReply:
        """Itself, if every document was indexed.

        :raises DocumentsFailed: otherwise.
        """
        if self.failures:
            raise DocumentsFailed(self.failures)
        return self


@dataclasses.dataclass(frozen=True, slots=True)
class Job:
    """How far accepted work is."""

    id: str
    status: Literal["queued", "running", "done", "failed", "quarantined"]
    total: int
    indexed: int
    unchanged: int
    failed: int
    error: str | None
    #: At most 100 of the documents that failed.
    failures: tuple[DocumentFailure, ...]

    @classmethod
    def from_wire(cls, wire: Wire) -> Job:
        counts = wire["documents"]
        failures = tuple(
            DocumentFailure(failure["id"], failure["reason"], quarantined=failure["quarantined"]) for failure in wire["failures"]
        )
        return cls(
            wire["id"], wire["status"], counts["total"], counts["indexed"], counts["unchanged"], counts["failed"], wire["error"],
            failures,
        )

    @property
    def is_finished(self) -> bool:
        return self.status not in ("queued", "running")

    def raise_for_failures(self) -> Job:
        """Itself, if no document failed.

        :raises DocumentsFailed: otherwise.
        """
        if self.failed or self.failures or self.status in ("failed", "quarantined"):
            raise DocumentsFailed(self.failures)
        return self


@dataclasses.dataclass(frozen=True, slots=True)
class Revision:
    """One state that a document has had."""

    number: int
    hash: str
    created_at: datetime
    title: str | None
    url: str | None
    #: Bytes of the canonical text.
    length: int

    @classmethod
    def from_wire(cls, wire: Wire) -> Revision:
        created = datetime.fromisoformat(wire["created_at"])
        return cls(wire["revision"], wire["hash"], created, wire["title"], wire["url"], wire["length"])


@dataclasses.dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the server holds it."""

    id: str
    title: str | None
    url: str | None
    metadata: Metadata
    revision: int
    hash: str
    created_at: datetime
    format: str
    #: Bytes of the canonical text.
    length: int
    chunks: int
    #: The history; empty in lists.
    revisions: tuple[Revision, ...]

    @classmethod
    def from_wire(cls, wire: Wire) -> StoredDocument:
        return cls(
            wire["id"], wire["title"], wire["url"], wire["metadata"], wire["revision"], wire["hash"],
            datetime.fromisoformat(wire["created_at"]), wire["format"], wire["length"], wire["chunks"],
            tuple(map(Revision.from_wire, wire.get("revisions", ()))),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some of the documents, by id."""

    documents: tuple[StoredDocument, ...]
    #: Where the next page begins; None on the last.
    next: str | None

    @classmethod
    def from_wire(cls, wire: Wire) -> DocumentPage:
        return cls(tuple(map(StoredDocument.from_wire, wire["documents"])), wire["next"])


@dataclasses.dataclass(frozen=True, slots=True)
class DocumentText:
    """The canonical text that citations of one revision point into, as the server holds it."""

    bytes: bytes
    revision: int
    hash: str

    @property
    def text(self) -> str:
        return self.bytes.decode()


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """What a search or a read can still reach after a withdrawal, counted by reading back."""

    text: Remaining
    vectors: Remaining
    terms: Remaining
    cache: Remaining

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left."""
        return (self.text, self.vectors, self.terms, self.cache) == (0, 0, 0, 0)


@dataclasses.dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was deleted, and the proof."""

    id: str
    revisions: int
    chunks: int
    proof: Proof

    @classmethod
    def from_wire(cls, wire: Wire) -> Withdrawal:
        proof = wire["proof"]
        return cls(
            wire["id"], wire["revisions"], wire["chunks"],
            Proof(proof["text"], proof["vectors"], proof["terms"], proof["cache"]),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Citation:
    """Where the answer's marker `[marker]` points: bytes `start` to `end` of a revision's canonical text."""

    marker: int
    document_id: str
    revision: int
    hash: str
    start: int
    end: int
    quote: str
    #: Whether the quote supports the sentence that cites it.
    verified: bool
    title: str | None
    url: str | None
    location: str | None

    @classmethod
    def from_wire(cls, wire: Wire) -> Citation:
        return cls(
            wire["marker"], wire["document_id"], wire["revision"], wire["hash"], wire["start"], wire["end"], wire["quote"],
            wire["verified"], wire["title"], wire["url"], wire["location"],
        )

    def is_quoted_from(self, text: DocumentText) -> bool:
        """Whether the quote stands in `text` where this citation says: a check that trusts no answer."""
        same = (text.revision, text.hash) == (self.revision, self.hash)
        return same and text.bytes[self.start : self.end] == self.quote.encode()


@dataclasses.dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a passage; None where that part did not see it."""

    dense: float | None
    lexical: float | None
    fused: float
    rerank: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that bears on the question."""

    rank: int
    document_id: str
    revision: int
    chunk: int
    start: int
    end: int
    text: str
    score: float
    scores: Scores
    title: str | None
    url: str | None
    metadata: Metadata
    #: Other documents with nearly the same passage, which is shown once.
    duplicates: tuple[str, ...] = ()
    #: The parts of its score, where `Retrieval(explain=True)` asked for them.
    explain: Mapping[str, float | None] | None = None

    @classmethod
    def from_wire(cls, wire: Wire) -> Passage:
        scores = wire["scores"]
        return cls(
            wire["rank"], wire["document_id"], wire["revision"], wire["chunk"], wire["start"], wire["end"], wire["text"],
            wire["score"], Scores(scores["dense"], scores["lexical"], scores["fused"], scores["rerank"]), wire["title"],
            wire["url"], wire["metadata"], tuple(wire.get("duplicates", ())), wire.get("explain"),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class CacheUse:
    """What the server did not have to compute."""

    embedding: Literal["l1", "l2", "miss"] | None
    result: Literal["hit", "miss", "off"]


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """An answer and what it stands on."""

    #: None where none was asked for or nothing relevant was found (`reason` says which).
    text: str | None
    reason: str | None
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    #: What was skipped, cut or worse than usual, in the words of the API's page.
    degraded: tuple[str, ...]
    #: What wrote the answer; `extractive` where it consists of quoted sentences.
    model: str | None
    cache: CacheUse
    timings_ms: Mapping[str, float]
    request_id: str
    #: How the passages came to their places, where `Retrieval(explain=True)` asked for it.
    explain: Wire | None = None

    @classmethod
    def from_wire(cls, wire: Wire) -> Answer:
        return cls(
            wire["answer"], wire["reason"], tuple(map(Citation.from_wire, wire["citations"])),
            tuple(map(Passage.from_wire, wire["passages"])), tuple(wire["degraded"]), wire["model"],
            CacheUse(wire["cache"]["embedding"], wire["cache"]["result"]), wire["timings_ms"], wire["request_id"],
            wire.get("explain"),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Dependency:
    """Something the server needs."""

    name: str
    status: Literal["ok", "degraded", "down"]
    since: datetime
    detail: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Health:
    """How the server and everything it needs are; only the status where the server does not know the caller."""

    status: Literal["ok", "degraded", "down", "draining"]
    version: str | None
    uptime_seconds: float | None
    dependencies: tuple[Dependency, ...]

    @classmethod
    def from_wire(cls, wire: Wire) -> Health:
        dependencies = tuple(
            Dependency(item["name"], item["status"], datetime.fromisoformat(item["since"]), item["detail"])
            for item in wire.get("dependencies", ())
        )
        return cls(wire["status"], wire.get("version"), wire.get("uptime_seconds"), dependencies)
