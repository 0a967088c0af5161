# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Builds what `kubectl kustomize` would, for the few features the manifests use: resources, strategic-merge patches by name, generated
ConfigMaps, images and a namespace. Anything else in a kustomization is refused, so nothing is checked that would be deployed differently.
"""

import copy
import pathlib

import yaml

KNOWN = {"apiVersion", "kind", "namespace", "resources", "patches", "configMapGenerator", "images"}


class Broken(Exception):
    pass


def documents(path):
    return [document for document in yaml.safe_load_all(pathlib.Path(path).read_text()) if document]


def merge(base, patch):
    """A strategic merge: objects member by member, lists of named objects by name, all else replaced; null removes."""
    if isinstance(base, dict) and isinstance(patch, dict):
        result = dict(base)
        for key, value in patch.items():
            if value is None:
                result.pop(key, None)
            elif key in result:
                result[key] = merge(result[key], value)
            else:
                result[key] = merge({}, value) if isinstance(value, dict) else value
        return result
    if isinstance(base, list) and isinstance(patch, list) and all(isinstance(x, dict) and "name" in x for x in base + patch):
        names = [item["name"] for item in base]
        merged = [next((merge(item, p) for p in patch if p["name"] == item["name"]), item) for item in base]
        return merged + [item for item in patch if item["name"] not in names]
    return patch


def identity(resource):
    return resource["apiVersion"], resource["kind"], resource["metadata"]["name"]


def build(folder):
    """The resources of a kustomization, in order."""
    folder = pathlib.Path(folder)
    kustomization = documents(folder / "kustomization.yaml")[0]
    if unknown := set(kustomization) - KNOWN:
        raise Broken(f"{folder}: this check does not know {sorted(unknown)}")
    resources = []
    for entry in kustomization.get("resources", []):
        path = folder / entry
        resources += build(path) if path.is_dir() else documents(path)
    for generator in kustomization.get("configMapGenerator", []):
        generate(generator, resources, folder)
    for entry in kustomization.get("patches", []):
        if set(entry) != {"path"}:
            raise Broken(f"{folder}: this check knows patches with a path alone")
        for patch in documents(folder / entry["path"]):
            apply(patch, resources, folder / entry["path"])
    for image in kustomization.get("images", []):
        if not set_image(resources, image):
            raise Broken(f"{folder}: no container has the image {image['name']}")
    if namespace := kustomization.get("namespace"):
        for resource in resources:
            resource["metadata"]["namespace"] = namespace
    seen = [identity(resource) for resource in resources]
    if len(set(seen)) != len(seen):
        raise Broken(f"{folder}: a resource stands twice")
    return copy.deepcopy(resources)


def generate(generator, resources, folder):
    data = dict(literal.split("=", 1) for literal in generator["literals"])
    existing = next((r for r in resources if r["kind"] == "ConfigMap" and r["metadata"]["name"] == generator["name"]), None)
    behavior = generator.get("behavior", "create")
    if (behavior == "merge") != (existing is not None):
        raise Broken(f"{folder}: ConfigMap {generator['name']} cannot be made with behavior {behavior}")
    if existing:
        existing["data"].update(data)
    else:
        resources.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data})


def apply(patch, resources, path):
    patch = dict(patch)
    deletes = patch.pop("$patch", None) == "delete"
    for index, resource in enumerate(resources):
        if identity(resource) == identity(patch):
            if deletes:
                del resources[index]
            else:
                resources[index] = merge(resource, patch)
            return
    raise Broken(f"{path}: nothing to patch is called {identity(patch)}")


def set_image(resources, image):
    found = False
    for resource in resources:
        for container in containers(resource):
            if container["image"].split(":")[0] == image["name"]:
                container["image"] = f"{image.get('newName', image['name'])}:{image['newTag']}"
                found = True
    return found


def containers(resource):
    template = resource.get("spec", {}).get("template") if isinstance(resource.get("spec"), dict) else None
    return template["spec"]["containers"] + template["spec"].get("initContainers", []) if template else []
