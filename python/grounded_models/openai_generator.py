# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Answers from an OpenAI-compatible server through the ``openai`` package. An optional extra; the native client is the default."""

import json
import os
from collections.abc import Iterator

_INSTALL = "OpenAIGenerator needs the package openai ({}); install it into the environment that PYTHON names: pip install openai"


class OpenAIGenerator:
    """Streams chat completions. ``base_url`` names another server than OpenAI's own (``http://127.0.0.1:8000/v1``).

    ``api_key`` falls back to ``OPENAI_API_KEY``; a server named by ``base_url`` may need none. Nothing is retried here: who calls knows
    the deadline.
    """

    def __init__(self, model: str, base_url: str | None = None, api_key: str | None = None):
        try:
            import openai
        except ImportError as error:
            raise ImportError(_INSTALL.format(error)) from error
        key = api_key or os.environ.get("OPENAI_API_KEY") or ("none" if base_url else None)
        if key is None:
            raise ValueError("OpenAIGenerator needs api_key (or OPENAI_API_KEY), or base_url of a server that asks for none")
        self._model = model
        # OpenAI's newer models refuse max_tokens; other servers know nothing else.
        self._limit_name = "max_tokens" if base_url else "max_completion_tokens"
        self._client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0)

    def generate(self, system: str, user: str, options: dict) -> Iterator[str | dict]:
        """Pieces of text as they come, then one dict with reason and token counts. Closing the iterator ends the request."""
        request = {
            "model": self._model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if options.get("maximum_tokens"):
            request[self._limit_name] = int(options["maximum_tokens"])
        if options.get("temperature") is not None:
            request["temperature"] = float(options["temperature"])
        if options.get("timeout_seconds"):
            request["timeout"] = float(options["timeout_seconds"])
        end: dict = {}
        with self._client.chat.completions.create(**request) as stream:
            for event in stream:
                for choice in event.choices[:1]:
                    if choice.delta is not None and choice.delta.content:
                        yield choice.delta.content
                    if choice.finish_reason:
                        end["reason"] = choice.finish_reason
                if event.usage is not None:
                    end["prompt_tokens"] = event.usage.prompt_tokens
                    end["completion_tokens"] = event.usage.completion_tokens
        if "reason" not in end:
            raise ConnectionError("the stream of the answer ended before the answer did")
        yield end

    def info(self) -> str:
        """The model's name, as a JSON object."""
        return json.dumps({"model": self._model})
