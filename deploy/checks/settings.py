# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""The settings that the server knows, read from its one table."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "Sources/grounded/Configuration/SettingKey.swift"


def setting_names():
    names = set(re.findall(r'SettingKey\(\s*"([A-Z][A-Z0-9_]+)"', TABLE.read_text()))
    if len(names) < 20:
        raise SystemExit(f"{TABLE} cannot be read any more")
    return names
