# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Point ids: unsigned 64-bit integers and UUIDs, nothing else."""

import uuid

from facade.errors import malformed

_LARGEST = 2**64 - 1


def engine_id(given):
    """An id as the engine takes it."""
    kind = type(given)
    if kind is int and 0 <= given <= _LARGEST:
        return given
    if kind is uuid.UUID:
        return given
    if kind is str:
        try:
            return uuid.UUID(given)
        except ValueError:
            pass
    raise malformed(f"value {given} is not a valid point ID, valid values are either an unsigned integer or a UUID")


def engine_ids(given):
    return [engine_id(each) for each in given]


def json_id(given):
    return given if type(given) is int else str(given)
