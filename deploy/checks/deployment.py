# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Checks what no linter knows of Dockerfile, compose, Prometheus, Grafana and the runbook: that they speak of the same things.

usage: deployment.py        (prints what is wrong and exits with 1)
"""

import fnmatch
import json
import pathlib
import re
import sys

import yaml

import dockerfile
from settings import setting_names

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "deploy/grafana/grounded.json"
ALERTS = ROOT / "deploy/prometheus/alerts.yml"

faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


def load(path):
    return yaml.safe_load((ROOT / path).read_text())


def is_in_context(path):
    """Whether .dockerignore lets a path into the build: the last line that speaks of it decides."""
    decision = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").removeprefix("**/")
        folders = [str(parent) for parent in pathlib.PurePath(path).parents][:-1]
        if any(fnmatch.fnmatch(name, pattern) for name in [path, *folders]):
            decision = line.startswith("!")
    return decision


def check_dockerfile():
    stages, _ = dockerfile.read()
    setup = (ROOT / "scripts/setup.sh").read_text()
    for package in stages["build"].packages():
        if package not in re.findall(r"[\w.+-]+", setup) and package != "binutils":
            fault("Dockerfile", f"scripts/setup.sh does not install {package}, which stage build does")
    for package in re.findall(r"[\w-]+-dev\b", setup):
        if package not in stages["build"].packages():
            fault("Dockerfile", f"stage build does not install {package}, which scripts/setup.sh does")
    known = setting_names() | {"PATH", "PYTHONDONTWRITEBYTECODE"}
    for stage in stages.values():
        for name in stage.environment():
            if name not in known:
                fault("Dockerfile", f"there is no setting {name}")
        for text in stage.values("COPY"):
            words = [word for word in text.split() if not word.startswith("--")]
            origin = re.search(r"--from=(\S+)", text)
            if origin and origin.group(1) not in stages:
                fault("Dockerfile", f"there is no stage {origin.group(1)}")
            for source in [] if origin else words[:-1]:
                if not (ROOT / source).exists():
                    fault("Dockerfile", f"{source} does not exist")
                elif not is_in_context(source):
                    fault("Dockerfile", f".dockerignore keeps {source} out")
    runtime = stages["runtime"]
    for instruction in ("USER", "VOLUME", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "EXPOSE"):
        if not runtime.values(instruction):
            fault("Dockerfile", f"stage runtime has no {instruction}")
    if runtime.values("USER")[0].split(":")[0] in ("0", "root"):
        fault("Dockerfile", "the server runs as root")


def check_compose():
    compose = load("docker-compose.yml")
    known = setting_names()
    services = compose["services"]
    template = (ROOT / ".env.example").read_text()
    page = (ROOT / "docs/deployment.md").read_text()
    for name, service in services.items():
        where = f"docker-compose.yml {name}"
        if name.startswith("grounded"):
            for variable in service["environment"]:
                if variable not in known:
                    fault(where, f"there is no setting {variable}")
            drain, shutdown = int(service["environment"]["DRAIN_SECONDS"]), int(service["environment"]["SHUTDOWN_SECONDS"])
            if not drain < shutdown <= int(service["stop_grace_period"].rstrip("s")) - 10:
                fault(where, "DRAIN_SECONDS < SHUTDOWN_SECONDS <= stop_grace_period - 10 s does not hold")
        elif "healthcheck" not in service:
            fault(where, "has no health check")
        if service.get("read_only") is not True or service.get("cap_drop") != ["ALL"]:
            fault(where, "is not hardened")
        if service.get("security_opt") != ["no-new-privileges:true"]:
            fault(where, "may gain privileges")
        if "memory" not in service.get("deploy", {}).get("resources", {}).get("limits", {}):
            fault(where, "has no memory limit")
        tag = service["image"].rpartition(":")[2]
        if ":" not in service["image"] or tag == "latest":
            fault(where, f"{service['image']} names no version")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./") and not (ROOT / source).exists():
                fault(where, f"{source} does not exist")
            elif not source.startswith(("./", "$", "/")) and source not in compose["volumes"]:
                fault(where, f"there is no volume {source}")
        for network in service["networks"]:
            if network not in compose["networks"]:
                fault(where, f"there is no network {network}")
        for other in service.get("depends_on", {}):
            if other not in services:
                fault(where, f"there is no service {other}")
    text = (ROOT / "docker-compose.yml").read_text()
    for variable in sorted(set(re.findall(r"\$\{(\w+)", text))):
        if variable not in known and variable not in page and variable not in template:
            fault("docker-compose.yml", f"{variable} stands neither in .env.example nor in docs/deployment.md")
    for job in load("prometheus.yml")["scrape_configs"]:
        for target in [target for group in job["static_configs"] for target in group["targets"]]:
            host = target.split(":")[0]
            if host not in services and host != "localhost":
                fault("prometheus.yml", f"there is no service {host}")
        if file := job.get("authorization", {}).get("credentials_file"):
            if pathlib.PurePath(file).name not in services["prometheus"]["secrets"]:
                fault("prometheus.yml", f"the container has no secret {file}")


def anchors(page):
    titles = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def check_alerts():
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    known = anchors("docs/runbook.md")
    tested = (ALERTS.parent / "alerts_test.yml").read_text()
    links = set()
    for rule in rules:
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        links.add(anchor)
        if page != "docs/runbook.md" or anchor not in known:
            fault("alerts.yml", f"{rule['alert']} links to {page}#{anchor}, which is not there")
        if rule["labels"].get("severity") not in ("critical", "warning"):
            fault("alerts.yml", f"{rule['alert']} has no severity")
        if not re.search(rf"alertname: {rule['alert']}\n\s+exp_alerts:\n", tested):
            fault("alerts_test.yml", f"{rule['alert']} is never seen to fire")
    for orphan in {name for name in known if name.startswith("grounded")} - links:
        fault("docs/runbook.md", f"no alert links to {orphan}")


def check_dashboard():
    dashboard = json.loads(DASHBOARD.read_text())
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    identifiers, cells = set(), {}
    for panel in dashboard["panels"]:
        where = f"dashboard panel {panel['title']}"
        if panel["id"] in identifiers:
            fault(where, "has another's id")
        identifiers.add(panel["id"])
        grid = panel["gridPos"]
        if grid["x"] + grid["w"] > 24:
            fault(where, "is wider than the dashboard")
        for cell in [(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])]:
            if cell in cells:
                fault(where, f"lies over {cells[cell]}")
            cells[cell] = panel["title"]
        if panel["type"] == "row":
            continue
        if not panel.get("description") or not panel["fieldConfig"]["defaults"].get("unit"):
            fault(where, "has no description or no unit")
        if len({target["refId"] for target in panel["targets"]}) != len(panel["targets"]):
            fault(where, "has two queries of one name")
        for target in panel["targets"]:
            for name in re.findall(r"\$\{?(\w+)", target["expr"] + json.dumps(target["datasource"])):
                if name not in variables and not name.startswith("__"):
                    fault(where, f"there is no variable {name}")


def main():
    check_dockerfile()
    check_compose()
    check_alerts()
    check_dashboard()
    for line in faults:
        print(line)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
