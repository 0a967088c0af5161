# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Answers from a GGUF model inside this process, by llama.cpp through the ``xllamacpp`` package. An optional extra."""

import json
import os
import queue
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_INSTALL = "XllamaCppGenerator needs the package xllamacpp ({}); install it into the environment that PYTHON names: pip install xllamacpp"
_DONE = object()


class XllamaCppGenerator:
    """Loads ``model_path`` (a GGUF file) once and streams chat completions from it; no server is needed.

    ``context_tokens`` is the room for prompt and answer together; ``threads`` is how many threads compute (default: half of the cores).
    xllamacpp opens a port on 127.0.0.1 of its own accord; it is locked with a random key and not used. A generation that is closed stops
    with its next token.
    """

    def __init__(self, model_path: str, context_tokens: int = 4096, threads: int | None = None):
        try:
            import xllamacpp
        except ImportError as error:
            raise ImportError(_INSTALL.format(error)) from error
        file = Path(model_path)
        with open(file, "rb") as stream:
            if stream.read(4) != b"GGUF":
                raise ValueError(f"{file} is no GGUF file")
        threads = threads or max(1, (os.cpu_count() or 2) // 2)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(file)
        parameters.n_ctx = context_tokens
        parameters.n_parallel = 1
        parameters.cpuparams.n_threads = threads
        parameters.cpuparams_batch.n_threads = threads
        parameters.hostname = "127.0.0.1"
        parameters.port = 0
        parameters.api_keys = [secrets.token_hex(32)]
        parameters.verbosity = -1
        self._server = xllamacpp.Server(parameters)
        self._name = file.stem

    def generate(self, system: str, user: str, options: dict) -> Iterator[str | dict]:
        """Pieces of text as they come, then one dict with reason and token counts. Closing the iterator stops the computation."""
        request = {
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if options.get("maximum_tokens"):
            request["max_tokens"] = int(options["maximum_tokens"])
        if options.get("temperature") is not None:
            request["temperature"] = float(options["temperature"])
        deadline = time.monotonic() + float(options.get("timeout_seconds") or 3600)
        events: queue.SimpleQueue = queue.SimpleQueue()
        stopped = threading.Event()
        threading.Thread(target=self._compute, args=(request, events, stopped), name="xllamacpp", daemon=True).start()
        try:
            yield from _pieces(events, deadline)
        finally:
            stopped.set()

    def info(self) -> str:
        """The model's name, as a JSON object."""
        return json.dumps({"model": self._name})

    def _compute(self, request: dict, events: queue.SimpleQueue, stopped: threading.Event) -> None:
        def take(event: dict) -> bool:
            events.put(event)
            return stopped.is_set()

        try:
            self._server.handle_chat_completions(request, take)
            events.put(_DONE)
        except BaseException as error:  # noqa: BLE001  (it belongs to whoever reads the answer)
            events.put(error)


def _pieces(events: queue.SimpleQueue, deadline: float) -> Iterator[str | dict]:
    end: dict = {}
    while True:
        try:
            event = events.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise TimeoutError("the local model did not finish in time") from None
        if event is _DONE:
            if "reason" not in end:
                raise RuntimeError("the local model ended without an answer")
            yield end
            return
        if isinstance(event, BaseException):
            raise event
        error = event.get("error") or (event if "message" in event and "choices" not in event else None)
        if error:
            raise RuntimeError(f"the local model refused: {error.get('message', error) if isinstance(error, dict) else error}")
        for choice in event.get("choices", [])[:1]:
            text = (choice.get("delta") or {}).get("content")
            if text:
                yield text
            if choice.get("finish_reason"):
                end["reason"] = choice["finish_reason"]
        usage = event.get("usage")
        if usage:
            end["prompt_tokens"], end["completion_tokens"] = usage["prompt_tokens"], usage["completion_tokens"]
