# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What a request can be refused with, and how the engine's own errors become answers."""

_INTERNAL = ("Service runtime error", "Inconsistent storage", "Out of memory", "RocksDB", "IO error")


class Refusal(Exception):
    """A request that is answered with an error: the status and the text a Qdrant server would send."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.message = message


def malformed(message):
    """The body or the address cannot be read."""
    return Refusal(400, f"Format error in JSON body: {message}")


def invalid(field, message):
    """The body can be read, and a value in it is out of its range."""
    return Refusal(422, f"Validation error in JSON body: [{field}: {message}]")


def wrong_input(message):
    """The request does not fit the collection."""
    return Refusal(400, f"Wrong input: {message}")


def unsupported(message):
    """A Qdrant server does this and this one does not."""
    return Refusal(501, f"not implemented by the test server: {message}")


def not_found(message):
    return Refusal(404, f"Not found: {message}")


def from_engine(error):
    """The answer to an error that the engine raised."""
    text = str(error)
    if isinstance(error, (ValueError, TypeError, OverflowError)):
        return malformed(text.splitlines()[0] if text else type(error).__name__)
    if text.startswith("No point with id"):
        return not_found(f"{text} found")
    if text.startswith(_INTERNAL) or type(error) is not Exception:
        return Refusal(500, f"Service internal error: {type(error).__name__}: {text}")
    return wrong_input(text)
