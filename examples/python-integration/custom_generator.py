# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A generator of one's own: it streams the sentence of the first passage that fits the question best, with its marker.

    PYTHONPATH=examples/python-integration LM_BACKEND=python:custom_generator:QuotingGenerator LM_MODEL=quoting grounded serve
"""

import json
import re
import time
from collections.abc import Iterator

_PASSAGE = re.compile(r'<passage number="(\d+)"([^\n]*)>\n(.*?)\n</passage>', re.DOTALL)
_HEADING = re.compile(r"^#.*$", re.MULTILINE)
_SENTENCE = re.compile(r"(?:[^.!?\n]|\n(?!\n))+[.!?]?")
_WORD = re.compile(r"\w+")


class QuotingGenerator:
    """``model`` is LM_MODEL: a generator gets it as its one argument."""

    def __init__(self, model: str = "quoting"):
        self._model = model

    def info(self) -> str:
        return json.dumps({"model": self._model})

    def generate(self, system: str, user: str, options: dict) -> Iterator[str | dict]:
        """Yields pieces of the answer as they come, and at the end one dict that says why it ended and what it used.

        ``options``: ``maximum_tokens``, ``temperature`` and ``timeout_seconds``, what is left of the request's deadline. The server
        runs the generator on a thread of its own. When the client leaves, it closes the generator: ``GeneratorExit`` is raised at the
        ``yield``, so a generator that asks another server closes its connection in a ``finally``.
        """
        deadline = time.monotonic() + options["timeout_seconds"]
        passages = _PASSAGE.findall(user)
        question = user.rpartition("Question: ")[2]
        pieces = self._answer(question, passages).split(" ")
        sent, reason = 0, "stop"
        for piece in pieces:
            if sent == options["maximum_tokens"] or time.monotonic() > deadline:
                reason = "length"
                break
            yield piece if sent == 0 else " " + piece
            sent += 1
        yield {"reason": reason, "prompt_tokens": len(user.split()), "completion_tokens": sent}

    def _answer(self, question: str, passages: list[tuple[str, str, str]]) -> str:
        if not passages:
            return "The passages do not hold the answer."
        number, heading, text = passages[0]
        # What the heading says, every sentence below it is about.
        wanted = set(_words(question)) - set(_words(heading))
        sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.findall(_HEADING.sub("", text))]
        best = max(filter(None, sentences), key=lambda sentence: len(wanted & set(_words(sentence))), default=text)
        # The server reads the marker, checks that passage 1 says the sentence, and turns it into a citation or takes it away.
        return f"{best.rstrip('.!?')} [{number}]."


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text) if len(word) > 3]


def main() -> None:
    user = (
        'Passages:\n\n<passage number="1">\nIt was lit in 1904. The lighthouse is 31 metres high.\n</passage>\n\n'
        "Question: How high is the lighthouse?"
    )
    for event in QuotingGenerator().generate("", user, {"maximum_tokens": 100, "temperature": 0.0, "timeout_seconds": 5.0}):
        print(repr(event))


if __name__ == "__main__":
    main()
