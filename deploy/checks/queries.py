# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Writes every query of the dashboard and of the autoscaler's adapter as a recording rule, so that promtool can judge their syntax.

usage: queries.py FOLDER       (writes FOLDER/queries.yml)
"""

import json
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
VARIABLES = {"$__rate_interval": "5m", "$instance": ".*"}


def dashboard():
    panels = json.loads((ROOT / "deploy/grafana/grounded.json").read_text())["panels"]
    for expression in (target["expr"] for panel in panels for target in panel.get("targets", [])):
        for name, value in VARIABLES.items():
            expression = expression.replace(name, value)
        yield expression


def adapter():
    for rule in yaml.safe_load((ROOT / "deploy/kubernetes/monitoring/prometheus-adapter.yaml").read_text())["rules"]["custom"]:
        yield rule["seriesQuery"]
        metric = rule["seriesQuery"].partition("{")[0]
        yield rule["metricsQuery"].replace("<<.Series>>", metric).replace("<<.LabelMatchers>>", 'pod="x"').replace("<<.GroupBy>>", "pod")


def main():
    expressions = [*dashboard(), *adapter()]
    rules = [{"record": f"query:{number}", "expr": expression} for number, expression in enumerate(expressions)]
    text = yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]})
    (pathlib.Path(sys.argv[1]) / "queries.yml").write_text(text)


if __name__ == "__main__":
    main()
