# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Checks the Kubernetes manifests: each against the schema of its kind, strictly, and all against each other.

usage: kubernetes.py        (run from anywhere; prints what is wrong and exits with 1)
"""

import pathlib
import re
import shutil
import subprocess
import sys

import kubernetes_validate
import yaml

import kustomize
from settings import setting_names

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/kubernetes"
#: The oldest and the newest version of Kubernetes that the manifests are for.
VERSIONS = ("1.29", "1.34")
CUSTOM = {"ServiceMonitor"}
SECRETS = FOLDER / "base/secret.example.yaml"

faults = []


def fault(where, what):
    faults.append(f"{where}: {what}")


def check_schema(resource, where):
    if resource["kind"] in CUSTOM:
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(resource, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            fault(where, f"{'/'.join(map(str, error.path))}: {error.message} (Kubernetes {version})")


def selects(selector, labels):
    return all(labels.get(key) == value for key, value in (selector or {}).items())


def quantity(text):
    match = re.fullmatch(r"([0-9.]+)(m|Ki|Mi|Gi)?", str(text))
    return float(match.group(1)) * {"m": 1e-3, None: 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[match.group(2)]


class Overlay:
    """Everything that one `kubectl apply -k` would create, and the references in it."""

    def __init__(self, name):
        self.name = name
        self.resources = kustomize.build(FOLDER / "overlays" / name)
        self.secrets = {s["metadata"]["name"]: set(s["stringData"]) for s in kustomize.documents(SECRETS)}

    def of(self, *kinds):
        return [resource for resource in self.resources if resource["kind"] in kinds]

    def where(self, resource):
        return f"overlays/{self.name} {resource['kind']}/{resource['metadata']['name']}"

    def workloads(self):
        return self.of("Deployment", "StatefulSet")

    def check(self):
        for resource in self.resources:
            check_schema(resource, self.where(resource))
        for workload in self.workloads():
            self.check_workload(workload)
        for service in self.of("Service"):
            self.check_service(service)
        for monitor in self.of("ServiceMonitor"):
            self.check_monitor(monitor)
        for scaler in self.of("HorizontalPodAutoscaler"):
            self.check_scaler(scaler)
        for policy in self.of("PodDisruptionBudget", "NetworkPolicy"):
            spec = policy["spec"]
            labels = (spec.get("selector") or spec.get("podSelector"))["matchLabels"]
            if not self.selected(labels):
                fault(self.where(policy), f"selects nothing with {labels}")
        for policy in self.of("NetworkPolicy"):
            self.check_policy(policy)
        self.check_settings()

    def selected(self, labels):
        return [w for w in self.workloads() if selects(labels, w["spec"]["template"]["metadata"]["labels"])]

    def check_workload(self, workload):
        where, spec = self.where(workload), workload["spec"]
        pod = spec["template"]["spec"]
        labels = spec["template"]["metadata"]["labels"]
        if not selects(spec["selector"]["matchLabels"], labels):
            fault(where, "its selector does not select its own pods")
        volumes = {volume["name"] for volume in pod.get("volumes", [])}
        volumes |= {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", [])}
        for volume in pod.get("volumes", []):
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            if claim and not any(c["metadata"]["name"] == claim for c in self.of("PersistentVolumeClaim")):
                fault(where, f"there is no claim {claim}")
            if len(volume) != 2:
                fault(where, f"the volume {volume['name']} has {len(volume) - 1} sources")
        if account := pod.get("serviceAccountName"):
            if not any(a["metadata"]["name"] == account for a in self.of("ServiceAccount")):
                fault(where, f"there is no ServiceAccount {account}")
        if pod.get("automountServiceAccountToken") is not False:
            fault(where, "mounts a service account's token")
        if workload["kind"] == "StatefulSet":
            if not any(s["metadata"]["name"] == spec["serviceName"] for s in self.of("Service")):
                fault(where, f"there is no Service {spec['serviceName']}")
        for container in kustomize.containers(workload):
            self.check_container(where, pod, container, volumes)

    def check_container(self, where, pod, container, volumes):
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                fault(where, f"there is no volume {mount['name']}")
        image = container["image"]
        if ":" not in image or image.endswith(":latest"):
            fault(where, f"the image {image} names no version")
        context = container.get("securityContext", {}) | {k: v for k, v in pod["securityContext"].items()}
        restricted = {"runAsNonRoot": True, "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False}
        for key, value in restricted.items():
            if context.get(key) is not value:
                fault(where, f"{key} is not {value}")
        if context.get("capabilities", {}).get("drop") != ["ALL"] or context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            fault(where, "does not keep the restricted pod security standard")
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= set(resources.get("requests", {})) or "memory" not in resources.get("limits", {}):
            fault(where, "requests or limits are missing")
        for key, asked in resources.get("requests", {}).items():
            if key in resources["limits"] and quantity(asked) > quantity(resources["limits"][key]):
                fault(where, f"asks for more {key} than its limit")
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            action = container.get(probe, {}).get("httpGet") or container.get(probe, {}).get("tcpSocket")
            if action and isinstance(action["port"], str) and action["port"] not in ports:
                fault(where, f"{probe} asks a port that is not named: {action['port']}")
        if not {"livenessProbe", "readinessProbe"} <= set(container):
            fault(where, "has no probes")
        for source in container.get("envFrom", []):
            if reference := source.get("configMapRef"):
                if not any(c["metadata"]["name"] == reference["name"] for c in self.of("ConfigMap")):
                    fault(where, f"there is no ConfigMap {reference['name']}")
            if reference := source.get("secretRef"):
                self.check_secret(where, reference["name"], None)
        for variable in container.get("env", []):
            if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                self.check_secret(where, reference["name"], reference["key"])

    def check_secret(self, where, name, key):
        if name not in self.secrets or (key and key not in self.secrets[name]):
            fault(where, f"secret.example.yaml has no {name}{f' with {key}' if key else ''}")

    def ports_of(self, labels):
        ports = {}
        for workload in self.selected(labels):
            for container in kustomize.containers(workload):
                ports |= {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        return ports

    def check_service(self, service):
        ports = self.ports_of(service["spec"]["selector"])
        if not ports:
            fault(self.where(service), "selects nothing that has a port")
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            if target not in ports and target not in ports.values():
                fault(self.where(service), f"its pods have no port {target}")

    def check_monitor(self, monitor):
        services = [s for s in self.of("Service") if selects(monitor["spec"]["selector"]["matchLabels"], s["metadata"]["labels"])]
        if len(services) != 1:
            fault(self.where(monitor), f"selects {len(services)} services")
            return
        job = services[0]["metadata"]["labels"].get(monitor["spec"]["jobLabel"])
        if job != "grounded":
            fault(self.where(monitor), f"alerts and dashboard ask for job=grounded, this gives {job}")
        for endpoint in monitor["spec"]["endpoints"]:
            if endpoint["port"] not in {port["name"] for port in services[0]["spec"]["ports"]}:
                fault(self.where(monitor), f"the service has no port {endpoint['port']}")
            credentials = endpoint["authorization"]["credentials"]
            self.check_secret(self.where(monitor), credentials["name"], credentials["key"])

    def check_scaler(self, scaler):
        target = scaler["spec"]["scaleTargetRef"]
        if (target["apiVersion"], target["kind"], target["name"]) not in map(kustomize.identity, self.resources):
            fault(self.where(scaler), f"there is no {target['kind']} {target['name']}")
        rules = yaml.safe_load((FOLDER / "monitoring/prometheus-adapter.yaml").read_text())["rules"]["custom"]
        offered = {rule["name"]["as"] for rule in rules}
        for metric in scaler["spec"]["metrics"]:
            if metric["type"] == "Pods" and metric["pods"]["metric"]["name"] not in offered:
                fault(self.where(scaler), f"the adapter offers {sorted(offered)}")

    def check_policy(self, policy):
        spec = policy["spec"]
        own = self.ports_of(spec["podSelector"]["matchLabels"])
        for rule in spec.get("ingress", []):
            for port in rule["ports"]:
                if isinstance(port["port"], str) and port["port"] not in own:
                    fault(self.where(policy), f"its pods have no port {port['port']}")
        for rule in spec.get("egress", []):
            for peer in rule["to"]:
                labels = peer.get("podSelector", {}).get("matchLabels", {})
                if "namespaceSelector" in peer or "ipBlock" in peer:
                    continue
                for port in rule["ports"]:
                    if isinstance(port["port"], str) and port["port"] not in self.ports_of(labels):
                        fault(self.where(policy), f"{labels} has no port {port['port']}")

    def check_settings(self):
        """The server's settings exist, and stopping leaves it as long as it says it needs."""
        config = next(c for c in self.of("ConfigMap") if c["metadata"]["name"] == "grounded")
        known = setting_names()
        for name in [*config["data"], *self.secrets["grounded"]]:
            if name not in known:
                fault(self.where(config), f"there is no setting {name}")
        server = next(d for d in self.of("Deployment") if d["metadata"]["name"] == "grounded")["spec"]["template"]["spec"]
        readiness = server["containers"][0]["readinessProbe"]
        drain, shutdown = int(config["data"]["DRAIN_SECONDS"]), int(config["data"]["SHUTDOWN_SECONDS"])
        if server["terminationGracePeriodSeconds"] < shutdown + 10:
            fault(self.where(config), "terminationGracePeriodSeconds is shorter than SHUTDOWN_SECONDS and the 10 s after it")
        if not readiness["periodSeconds"] * readiness["failureThreshold"] < drain < shutdown:
            fault(self.where(config), "DRAIN_SECONDS must lie between what readiness needs to be noticed and SHUTDOWN_SECONDS")
        if str(server["containers"][0]["ports"][0]["containerPort"]) != config["data"]["SERVER_PORT"]:
            fault(self.where(config), "SERVER_PORT is not the container's port")
        for host, port in re.findall(r"=?http://([\w-]+):(\d+)", config["data"].get("QDRANT_URL", "")):
            services = [s for s in self.of("Service") if s["metadata"]["name"] == host]
            if not any(p["port"] == int(port) for s in services for p in s["spec"]["ports"]):
                fault(self.where(config), f"no service {host} listens on {port}")

    def check_resolver(self):
        """Where kubectl is at hand, it must build the same."""
        command = shutil.which("kubectl")
        if not command:
            return
        done = subprocess.run([command, "kustomize", str(FOLDER / "overlays" / self.name)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            fault(f"overlays/{self.name}", done.stderr.strip())
            return
        text = re.sub(r"\bgrounded-[a-z0-9]{10}\b", "grounded", done.stdout)
        theirs = {kustomize.identity(r): r for r in yaml.safe_load_all(text)}
        ours = {kustomize.identity(r): r for r in self.resources}
        if theirs.keys() != ours.keys():
            fault(f"overlays/{self.name}", f"kubectl builds {sorted(theirs.keys() ^ ours.keys())} differently")
        for key in theirs.keys() & ours.keys():
            if theirs[key] != ours[key]:
                fault(f"overlays/{self.name}", f"kubectl builds {key[1]}/{key[2]} differently")


def main():
    for path in sorted(FOLDER.rglob("*.yaml")):
        for document in kustomize.documents(path):
            # Patches and configuration of other tools are no whole resources.
            if document.get("kind") not in (None, "Kustomization") and not ("overlays" in str(path) and is_patch(path)):
                check_schema(document, path.relative_to(ROOT))
    for overlay in sorted(path.name for path in (FOLDER / "overlays").iterdir()):
        try:
            built = Overlay(overlay)
            built.check()
            built.check_resolver()
        except kustomize.Broken as error:
            faults.append(str(error))
    for line in faults:
        print(line)
    return 1 if faults else 0


def is_patch(path):
    kustomization = kustomize.documents(path.parent / "kustomization.yaml")[0]
    return path.name in {patch["path"] for patch in kustomization.get("patches", [])}


if __name__ == "__main__":
    sys.exit(main())
