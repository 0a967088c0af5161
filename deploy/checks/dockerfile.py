# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Reads the Dockerfile: its stages and their instructions, as far as this project's uses them."""

import dataclasses
import json
import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Stage:
    name: str
    base: str
    #: (instruction, arguments), in order.
    steps: list = dataclasses.field(default_factory=list)

    def packages(self):
        """What the stage installs with apt."""
        found = []
        for instruction, text in self.steps:
            for match in re.finditer(r"apt-get install ([^&|;]+)", text) if instruction == "RUN" else ():
                found += [word for word in match.group(1).split() if not word.startswith("-")]
        return found

    def values(self, instruction):
        return [text for name, text in self.steps if name == instruction]

    def environment(self):
        return dict(pair.split("=", 1) for text in self.values("ENV") for pair in shlex.split(text))


def read(path=ROOT / "Dockerfile"):
    """The stages by name, and the arguments before the first."""
    lines, stages, arguments = [], {}, {}
    for line in pathlib.Path(path).read_text().splitlines():
        if not line.lstrip().startswith("#"):
            lines.append(line)
    text = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    stage = None
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = stages[name or base] = Stage(name or base, base)
        elif stage is None:
            name, _, value = rest.partition("=")
            arguments[name] = value
        else:
            stage.steps.append((instruction, rest.strip()))
    return stages, arguments


def command(text):
    """An instruction in its JSON form."""
    return json.loads(text)
