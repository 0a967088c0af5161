# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The models that the server runs inside its own process.

Any class can be plugged in by name (``EMBEDDING_BACKEND=python:my_module:MyEmbedder``). An embedder offers:

- ``embed(texts: list[str], role: str)``: a C-contiguous float32 array, one row per text; ``role`` is ``query`` or ``passage``.
- ``token_spans(texts: list[str])``: for each text a pair of int32 arrays, first byte and byte after the last of each token.
- ``info()``: a JSON object as text, see ``OnnxEmbedder.info``.

Calls come from several threads at once.
"""

import importlib
import json


def load(spec: str, options_json: str) -> object:
    """Makes the object that ``spec`` (``module:Class``) names, with the members of the JSON object as keyword arguments."""
    module_name, separator, class_name = spec.partition(":")
    if not (module_name and separator and class_name):
        raise ValueError(f"{spec!r} does not name a class; write module:Class")
    options = json.loads(options_json)
    if not isinstance(options, dict):
        raise ValueError("the options of a Python model are a JSON object")
    return getattr(importlib.import_module(module_name), class_name)(**options)
