# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Streams: what a generator yields, handed over piece by piece to whoever asks.

A generator runs on a thread of its own, so that asking for its next event takes a moment at most, however long the model thinks.
"""

import json
import threading

from . import load

# Pieces that may wait to be asked for; then the generator waits too.
_PIECES_AHEAD = 64
# How long it waits then, in seconds, unless its options say how long the answer may take.
_ANSWER_TIME = 600.0
# Generators that may go on after their streams were closed, until their next piece, before the process counts as encumbered.
_MOST_ABANDONED = 16


def open_stream(generator: object, system: str, user: str, options_json: str) -> "Stream":
    """Has ``generator`` answer; ``options_json`` is the JSON object that its ``generate`` gets as options."""
    options = json.loads(options_json)
    if not isinstance(options, dict):
        raise ValueError("the options of a generation are a JSON object")
    limit = options.get("timeout_seconds")
    return Stream(lambda: generator.generate(system, user, options), float(limit) if limit else _ANSWER_TIME)


class GeneratorStreams:
    """A generator made of ``module:Class``, whose answers are streams."""

    def __init__(self, spec: str, options: dict):
        self._generator = load(spec, json.dumps(options))
        if not callable(getattr(self._generator, "generate", None)):
            raise AttributeError(f"{spec} has no method generate")

    def info(self) -> str:
        return self._generator.info()

    def open(self, system: str, user: str, options_json: str) -> "Stream":
        return open_stream(self._generator, system, user, options_json)


class Stream:
    """The events of one answer. ``next_event`` and ``close`` return at once and may be called from any thread."""

    _abandoned: "set[threading.Thread]" = set()
    _abandoned_lock = threading.Lock()

    def __init__(self, start, limit: float = _ANSWER_TIME):
        self._start = start
        self._limit = limit
        self._changed = threading.Condition()
        self._pieces: list[str] = []
        self._finished: dict | None = None
        self._error: BaseException | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="generator", daemon=True)
        self._thread.start()

    def next_event(self) -> str:
        """``{"text": …}``, ``{"finished": {…}}`` or, if there is nothing yet, ``{"waiting": true}``; raises what the generator raised."""
        with self._changed:
            if self._pieces:
                text = "".join(self._pieces)
                self._pieces.clear()
                self._changed.notify_all()
                return json.dumps({"text": text}, ensure_ascii=False)
            if self._error is not None:
                raise self._error
            if self._finished is not None:
                return json.dumps({"finished": self._finished}, ensure_ascii=False)
            if self._closed:
                raise RuntimeError("the stream is closed")
            return '{"waiting": true}'

    def close(self) -> str:
        """Ends the generator, with its next piece at the latest. ``closed``, or ``running`` where many that were closed go on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        with self._abandoned_lock:
            self._abandoned.add(self._thread)
            self._abandoned.difference_update([thread for thread in self._abandoned if not thread.is_alive()])
            return "running" if len(self._abandoned) > _MOST_ABANDONED else "closed"

    def _run(self) -> None:
        finished: dict = {}
        error: BaseException | None = None
        try:
            finished = self._consume()
        except BaseException as raised:  # noqa: BLE001  (whatever it is belongs to this answer alone)
            error = raised
        with self._changed:
            self._error = error
            self._finished = {"reason": "stop", **finished}
            self._changed.notify_all()

    def _consume(self) -> dict:
        """Hands the pieces over until the end. Returns what the generator says of the end."""
        pieces = self._start()
        try:
            for piece in pieces:
                if isinstance(piece, dict):
                    return piece
                if not isinstance(piece, str):
                    raise TypeError(f"a generator yields str, and one dict at its end; not {type(piece).__name__}")
                if not self._hand_over(piece):
                    break
            return {}
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def _hand_over(self, piece: str) -> bool:
        """Waits while too much waits already. False if nobody wants more."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or len(self._pieces) < _PIECES_AHEAD, timeout=self._limit):
                # Whoever asked is gone without a word.
                self._closed = True
            if piece and not self._closed:
                self._pieces.append(piece)
                self._changed.notify_all()
            return not self._closed
