# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Builds the image's file system in a chroot, following the Dockerfile, and puts the server in it to the test.

usage: image.py build WORK BASE.tar BINARY      needs root, a network and a mount namespace of its own
       image.py serve WORK                      needs root and mount, process and network namespaces of its own

Stages on Debian are executed instruction by instruction. The Swift stage is not: what is copied from it is BINARY, stripped.
"""

import fcntl
import http.client
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import dockerfile
from deployment import is_in_context

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = "chroot-check-not-a-secret"
#: What pip on this machine may be told, lent to the chroot as well.
LENT = {"PIP_CERT", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_DEFAULT_TIMEOUT"}


def say(text):
    print(f"image-check: {text}", flush=True)


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


class Build:
    def __init__(self, work, base, binary):
        self.work, self.base, self.binary = pathlib.Path(work), base, binary
        self.stages, self.arguments = dockerfile.read()
        self.roots = {}

    def stage(self, name):
        """The folder of a stage, built if it is not there yet. A stage that follows another goes on in its folder."""
        name = name.replace("${MODEL}", self.arguments["MODEL"])
        if name in self.roots:
            return self.roots[name]
        stage = self.stages[name]
        base = stage.base.replace("${MODEL}", self.arguments["MODEL"])
        if base.startswith("debian:"):
            assert self.arguments["DEBIAN"].startswith("bookworm"), "the base of this check is bookworm"
            root = self.work / name
            root.mkdir()
            run("tar", "-C", root, "-xf", self.base)
        else:
            root = self.stage(base)
        self.roots[name] = root
        if stage.steps:
            say(f"stage {name}")
        self.execute(stage, root)
        return root

    def execute(self, stage, root):
        folder, environment = "/", {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        for instruction, text in stage.steps:
            if instruction == "WORKDIR":
                folder = text
                (root / text.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif instruction == "ENV":
                environment |= dict(pair.split("=", 1) for pair in shlex.split(text))
            elif instruction == "RUN":
                say(f"  RUN {text[:110]}…")
                self.in_chroot(root, folder, environment, text)
            elif instruction == "COPY":
                self.copy(root, folder, text)

    def in_chroot(self, root, folder, environment, text):
        """Runs a line as root. The host lends its name servers, certificates and package sources, and takes them back."""
        lent = ["/etc/resolv.conf", "/etc/pip.conf", os.environ.get("PIP_CERT", "")]
        kept = []
        for path in filter(os.path.exists, filter(None, lent)):
            target = root / path.lstrip("/")
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
            kept.append(target)
        environment = environment | {name: value for name, value in os.environ.items() if name.endswith("_proxy") or name in LENT}
        mounts = [root / "proc", root / "dev"]
        run("mount", "-t", "proc", "proc", mounts[0])
        run("mount", "--bind", "/dev", mounts[1])
        try:
            run("chroot", root, "/bin/bash", "-o", "pipefail", "-c", f"cd {shlex.quote(folder)} && {text}",
                env=environment, stdout=subprocess.DEVNULL)
        finally:
            for mount in mounts:
                run("umount", mount)
            for target in kept:
                target.unlink(missing_ok=True)

    def copy(self, root, folder, text):
        words = text.split()
        origin = next((word.removeprefix("--from=") for word in words if word.startswith("--from=")), None)
        *sources, target = [word for word in words if not word.startswith("--")]
        into = root / os.path.join(folder, target).lstrip("/")
        for source in sources:
            if origin == "build":
                into.parent.mkdir(parents=True, exist_ok=True)
                run("strip", "-o", into, self.binary)
                continue
            path = self.stage(origin) / source.lstrip("/") if origin else ROOT / source
            if path.is_dir():
                ignore = None if origin else self.ignore
                shutil.copytree(path, into, symlinks=True, dirs_exist_ok=True, ignore=ignore)
            else:
                file = into / path.name if target.endswith("/") else into
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, file)

    @staticmethod
    def ignore(folder, names):
        here = pathlib.Path(folder).relative_to(ROOT)
        return [name for name in names if not is_in_context(str(here / name)) or name == "__pycache__"]


class Container:
    """The runtime stage as an engine would run it: read-only root, tmpfs, a volume, no privileges, PID 1."""

    def __init__(self, work):
        stages, _ = dockerfile.read()
        self.stage = stages["runtime"]
        self.root = pathlib.Path(work) / "runtime"
        self.user, self.group = self.stage.values("USER")[-1].split(":")
        self.folder = self.stage.values("WORKDIR")[-1]
        self.mount()

    def mount(self):
        root = self.root
        (volume,) = json.loads(self.stage.values("VOLUME")[-1])
        owner = (root / volume.lstrip("/")).stat()
        run("mount", "--bind", root, root)
        run("mount", "-o", "remount,ro,bind", root)
        run("mount", "-t", "proc", "proc", root / "proc")
        run("mount", "-t", "tmpfs", "-o", "mode=1777,size=64m", "tmpfs", root / "tmp")
        # A new volume takes the owner and mode that the folder has in the image.
        options = f"uid={owner.st_uid},gid={owner.st_gid},mode={owner.st_mode & 0o777:o}"
        run("mount", "-t", "tmpfs", "-o", options, "tmpfs", root / volume.lstrip("/"))
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", root / "dev")
        for device in ("null", "zero", "full", "random", "urandom"):
            (root / "dev" / device).touch()
            run("mount", "--bind", f"/dev/{device}", root / "dev" / device)

    def start(self, arguments, environment=None, **options):
        values = self.stage.environment() | (environment or {})
        assignments = [f"{name}={value}" for name, value in values.items()]
        return subprocess.Popen(
            ["chroot", str(self.root), "/usr/bin/setpriv", f"--reuid={self.user}", f"--regid={self.group}", "--clear-groups",
             "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "/usr/bin/env", "-i", f"--chdir={self.folder}", *assignments,
             *arguments], **options)

    def output(self, *arguments, environment=None):
        process = self.start(arguments, environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        text, _ = process.communicate(timeout=60)
        return process.returncode, text.strip()


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", 1))


def request(method, path, body=None, key=KEY):
    connection = http.client.HTTPConnection("127.0.0.1", 8080, timeout=30)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def expect(condition, what):
    if not condition:
        raise SystemExit(f"image-check: FAILED: {what}")
    say(f"ok: {what}")


def serve(work):
    loopback_up()
    container = Container(work)
    stage = container.stage
    entry, arguments = json.loads(stage.values("ENTRYPOINT")[-1]), json.loads(stage.values("CMD")[-1])
    check = json.loads(stage.values("HEALTHCHECK")[-1].partition("CMD ")[2])
    _, size = container.output("du", "-sm", "--one-file-system", "/opt", "/usr")
    say("size in MB: " + ", ".join(line.replace("\t", " ") for line in size.splitlines()))
    _, libraries = container.output("ldd", entry[0])
    expect("not found" not in libraries and "libsqlite3" in libraries, f"all {len(libraries.splitlines())} libraries are there")
    code, text = container.output(*entry, *arguments)
    expect(code != 0 and "API_KEYS" in text, "without API_KEYS it refuses to listen beyond loopback")
    code, _ = container.output("touch", "/opt/grounded/written")
    expect(code != 0, "the root cannot be written")
    keys = {"API_KEYS": f"acme:admin:{KEY}", "SHUTDOWN_SECONDS": "20"}
    log = open(pathlib.Path(work) / "server.log", "wb")
    start = time.monotonic()
    server = container.start([*entry, *arguments], keys, stdout=log, stderr=log)
    try:
        while (health := container.output(*check))[0] != 0:
            if server.poll() is not None or time.monotonic() - start > 60:
                raise SystemExit(f"image-check: FAILED: it did not start: {pathlib.Path(log.name).read_text()[-3000:]}")
            time.sleep(0.2)
        expect(health[0] == 0, f"HEALTHCHECK passes {time.monotonic() - start:.1f} s after the start")
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{server.pid}/status").read_text().splitlines() if ":\t" in line)
        expect(status["Uid"].split()[0] == container.user and int(status["CapEff"], 16) == 0 and status["NoNewPrivs"] == "1",
               f"it runs as uid {container.user} without capabilities")
        expect(request("GET", "/health/ready", key=None)[0] == 200, "/health/ready answers 200")
        expect(request("GET", "/metrics", key=None)[0] == 401, "/metrics without a key answers 401")
        words = "The ferry to the island leaves at seven in the morning.\n\nDogs travel free of charge."
        document = {"id": "ferry.md", "title": "Ferry", "text": words}
        code, text = request("POST", "/index", {"documents": [document]})
        expect(code == 200 and json.loads(text)["results"][0]["status"] == "indexed", "a document is indexed with the model in the image")
        code, text = request("POST", "/query", {"query": "When does the ferry leave?"})
        reply = json.loads(text)
        answers = code == 200 and "seven in the morning" in reply["answer"] and reply["citations"]
        expect(answers, f"it answers with a citation: {reply['answer']!r}")
        expect(reply["degraded"] == [], "nothing is degraded")
        server.send_signal(signal.SIGTERM)
        expect(server.wait(timeout=30) == 0, "SIGTERM ends it with status 0")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def main():
    if sys.argv[1] == "build":
        build = Build(*sys.argv[2:5])
        build.stage("runtime")
    else:
        serve(sys.argv[2])


if __name__ == "__main__":
    main()
