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

# How long ``next_event`` waits before it says that there is nothing yet, in seconds.
_PATIENCE = 0.1
# How long ``close`` waits for the generator to end.
_CLOSE_PATIENCE = 0.5
# Pieces that may wait to be asked for; then the generator waits too.
_PIECES_AHEAD = 64


def open_stream(generator: object, system: str, user: str, options_json: str) -> "Stream":
    """Has ``generator`` answer; ``options_json`` is the JSON object that its ``generate`` gets as options."""
    options = json.loads(options_json)
    if not isinstance(options, dict):
        raise ValueError("the options of a generation are a JSON object")
    return Stream(lambda: generator.generate(system, user, options))


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
    """The events of one answer. ``next_event`` and ``close`` may be called from any thread."""

    def __init__(self, start):
        self._start = start
        self._changed = threading.Condition()
        self._pieces: list[str] = []
        self._finished: dict | None = None
        self._error: BaseException | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="generator", daemon=True)
        self._thread.start()

    def next_event(self) -> str:
        """``{"text": …}``, ``{"finished": {…}}`` or, if nothing came for a moment, ``{"waiting": true}``; raises what the generator
        raised."""
        with self._changed:
            self._changed.wait_for(self._has_event, timeout=_PATIENCE)
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
        """Ends the generator. ``closed``, or ``running`` if it does not end soon; it ends then with its next piece."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(_CLOSE_PATIENCE)
        return "running" if self._thread.is_alive() else "closed"

    def _has_event(self) -> bool:
        return bool(self._pieces) or self._error is not None or self._finished is not None or self._closed

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
            self._changed.wait_for(lambda: self._closed or len(self._pieces) < _PIECES_AHEAD)
            if piece and not self._closed:
                self._pieces.append(piece)
                self._changed.notify_all()
            return not self._closed
