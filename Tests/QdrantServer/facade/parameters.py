# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The parameters of a request's address."""

from facade.errors import Refusal, unsupported

_ORDERINGS = ("weak", "medium", "strong")
_CONSISTENCIES = ("majority", "quorum", "all")


def check_parameters(given):
    """One process and one lock are as strongly ordered and consistent as can be; what is no parameter at all is refused."""
    for name, value in given.items():
        if name == "wait":
            fits = value in ("true", "false")
        elif name == "ordering":
            fits = value in _ORDERINGS
        elif name == "consistency":
            fits = value in _CONSISTENCIES or _positive(value)
        elif name == "timeout":
            fits = _positive(value)
        else:
            raise unsupported(f"parameter {name}")
        if not fits:
            raise Refusal(400, f"Deserialize error in query: {name}: {value!r}")


def _positive(value):
    return value.isascii() and value.isdigit() and int(value) >= 1
