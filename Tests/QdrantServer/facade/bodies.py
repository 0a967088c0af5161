# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Request bodies, read with the official client's own models."""

import json
import typing

import pydantic
from qdrant_client.http import models

from facade.errors import invalid, malformed

_ADAPTERS = {}


def parse(kind, body):
    """The body as `kind`: a model, or a union of models. Strict: "10" is no number, and unknown fields are refused."""
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = pydantic.TypeAdapter(kind)
    if b"NaN" in body or b"Infinity" in body:
        _refuse_constants(body)
    try:
        return adapter.validate_json(body, strict=True)
    except pydantic.ValidationError as error:
        raise malformed(_summary(error)) from None


def _refuse_constants(body):
    """NaN and Infinity are no JSON, though pydantic reads them."""

    def refuse(constant):
        raise ValueError(f"{constant} is no JSON value")

    try:
        json.loads(body, parse_constant=refuse)
    except ValueError as error:
        raise malformed(str(error)) from None


def _summary(error):
    """The deepest complaints: those about a union's unlikely members say little."""
    problems = sorted(error.errors(include_url=False, include_input=False), key=lambda each: -len(each["loc"]))[:3]
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems)


def at_least(field, value, least):
    """`value`, when it is None or `least` or more."""
    if value is not None and value < least:
        raise invalid(field, f"value {value} invalid, must be {least} or larger")
    return value


PointInsertOperations = typing.Union[models.PointsBatch, models.PointsList]
PointsSelector = typing.Union[models.PointIdsList, models.FilterSelector]
