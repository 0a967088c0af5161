# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Filters: from the client's models to the engine's conditions."""

import datetime

import qdrant_edge as edge
from qdrant_client.http import models

from facade.errors import malformed, unsupported
from facade.identifiers import engine_ids


def engine_filter(given):
    """A filter for the engine; None stays None."""
    if given is None:
        return None
    least = given.min_should
    return edge.Filter(
        must=_conditions(given.must),
        should=_conditions(given.should),
        must_not=_conditions(given.must_not),
        min_should=None if least is None else edge.MinShould(_conditions(least.conditions), _count(least.min_count)),
    )


def _conditions(given):
    if given is None:
        return None
    return [_condition(each) for each in (given if isinstance(given, list) else [given])]


def _condition(given):
    convert = _CONDITIONS.get(type(given))
    if convert is None:
        raise unsupported(f"condition {type(given).__name__}")
    return convert(given)


def _field(given):
    parts = {}
    if given.match is not None:
        parts["match"] = _match(given.match)
    if given.range is not None:
        parts["range"] = _range(given.range)
    if given.values_count is not None:
        count = given.values_count
        parts["values_count"] = edge.ValuesCount(lt=count.lt, gt=count.gt, lte=count.lte, gte=count.gte)
    if given.is_empty is not None:
        parts["is_empty"] = given.is_empty
    if given.is_null is not None:
        parts["is_null"] = given.is_null
    for name in ("geo_bounding_box", "geo_radius", "geo_polygon"):
        if getattr(given, name, None) is not None:
            raise unsupported(f"condition {name}")
    if not parts:
        raise malformed("At least one field condition must be specified")
    if len(parts) > 1:
        raise unsupported(f"several conditions in one field condition: {', '.join(parts)}")
    return edge.FieldCondition(given.key, **parts)


def _match(given):
    convert = _MATCHES.get(type(given))
    if convert is None:
        raise unsupported(f"match {type(given).__name__}")
    return convert(given)


def _range(given):
    if isinstance(given, models.DatetimeRange):
        bounds = {name: _instant(getattr(given, name)) for name in ("lt", "gt", "lte", "gte")}
        return edge.RangeDateTime(**bounds)
    return edge.RangeFloat(lt=given.lt, gt=given.gt, lte=given.lte, gte=given.gte)


def _instant(given):
    return given.isoformat() if isinstance(given, datetime.date) else given


def _count(number):
    if number < 1:
        raise malformed("min_count must be greater than 0")
    return number


def _nested(given):
    return edge.NestedCondition(given.nested.key, engine_filter(given.nested.filter))


class _Boolean:
    """A boolean for the engine's binding, which takes Python's own for the integer 0 or 1, but knows numpy's by its name."""

    def __init__(self, value):
        self._value = value

    def __bool__(self):
        return self._value


_Boolean.__name__ = "bool_"
_Boolean.__module__ = "numpy"


def _value(given):
    return edge.MatchValue(_Boolean(given.value) if type(given.value) is bool else given.value)


_CONDITIONS = {
    models.FieldCondition: _field,
    models.IsEmptyCondition: lambda given: edge.IsEmptyCondition(given.is_empty.key),
    models.IsNullCondition: lambda given: edge.IsNullCondition(given.is_null.key),
    models.HasIdCondition: lambda given: edge.HasIdCondition(set(engine_ids(given.has_id))),
    models.HasVectorCondition: lambda given: edge.HasVectorCondition(given.has_vector),
    models.NestedCondition: _nested,
    models.Filter: engine_filter,
}

_MATCHES = {
    models.MatchValue: _value,
    models.MatchAny: lambda given: edge.MatchAny(given.any),
    models.MatchExcept: lambda given: edge.MatchExcept(given.except_),
    models.MatchText: lambda given: edge.MatchText(given.text),
    models.MatchTextAny: lambda given: edge.MatchTextAny(given.text_any),
    models.MatchPhrase: lambda given: edge.MatchPhrase(given.phrase),
}
