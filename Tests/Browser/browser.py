# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Drives a headless Chromium over the DevTools protocol on a pipe: no driver, no port, nothing beside the standard library.

CHROMIUM names the executable; without it, chromium, chromium-browser and google-chrome are looked for.
"""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Puts the pipe's ends where Chromium looks for them, by way of higher descriptors, so that neither is in the other's place.
_LAUNCH = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(text), fcntl.F_DUPFD, 10) for text in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""

_KEYS = {
    "Enter": (13, "\r"), "Tab": (9, ""), "Escape": (27, ""), " ": (32, " "), "ArrowRight": (39, ""), "ArrowLeft": (37, ""),
    "ArrowDown": (40, ""), "ArrowUp": (38, ""), "End": (35, ""), "Home": (36, ""),
}


def executable():
    """The browser to test with, or None."""
    # Debian's /usr/bin/chromium is a script around this.
    debian = pathlib.Path("/usr/lib/chromium/chromium")
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return str(debian) if debian.exists() else next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """One Chromium with a profile of its own; `end` removes both."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="grounded-browser-")
        to_read, self._to_write = os.pipe()
        self._from_read, from_write = os.pipe()
        self.process = subprocess.Popen(
            [
                sys.executable, "-c", _LAUNCH, str(to_read), str(from_write), executable(), "--headless=new", "--remote-debugging-pipe",
                f"--user-data-dir={self.profile}", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
                "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en", "about:blank",
            ],
            pass_fds=(to_read, from_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(from_write)
        self._condition = threading.Condition()
        self._replies, self._listeners, self._number, self._over = {}, {}, 0, False
        threading.Thread(target=self._read, daemon=True).start()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self._to_write)
        shutil.rmtree(self.profile, ignore_errors=True)

    def call(self, method, session=None, limit=30, **parameters):
        """One command and its result."""
        with self._condition:
            self._number += 1
            number = self._number
            message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
            self._send(message)
            if not self._condition.wait_for(lambda: number in self._replies or self._over, limit):
                raise AssertionError(f"{method}: no answer within {limit} s")
            reply = self._replies.pop(number, {"error": "the browser ended"})
        if "error" in reply:
            raise AssertionError(f"{method}: {reply['error']}")
        return reply["result"]

    def post(self, method, session, **parameters):
        """A command whose result nobody waits for."""
        with self._condition:
            self._number += 1
            self._send({"id": self._number, "method": method, "params": parameters, "sessionId": session})

    def page(self, **settings):
        """A new page that shares nothing with the others."""
        return Page(self, **settings)

    def listen(self, session, listener):
        self._listeners[session] = listener

    def _send(self, message):
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to_write, data) :]

    def _read(self):
        rest = b""
        while chunk := os.read(self._from_read, 1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    with self._condition:
                        self._replies[message["id"]] = message
                        self._condition.notify_all()
                elif listener := self._listeners.get(message.get("sessionId")):
                    listener(message["method"], message["params"])
        with self._condition:
            self._over = True
            self._condition.notify_all()
        os.close(self._from_read)


class Page:
    """One tab. `problems` holds what the console, the content security policy and uncaught exceptions said."""

    def __init__(self, browser, width=1280, height=900, dark=False, scale=1):
        self.browser, self.problems, self._answers, self._loads = browser, [], [], 0
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.listen(self.session, self._heard)
        for domain in ("Page", "Runtime", "Log", "DOM", "Network", "Audits"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)

    def call(self, method, **parameters):
        return self.browser.call(method, session=self.session, **parameters)

    def _heard(self, method, parameters):
        if method == "Page.loadEventFired":
            self._loads += 1
        elif method == "Runtime.exceptionThrown":
            self.problems.append(parameters["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
            self.problems.append(str(parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["source"] != "network" and parameters["entry"]["level"] == "error":
            self.problems.append(parameters["entry"]["text"])
        elif method == "Audits.issueAdded" and parameters["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.problems.append(str(parameters["issue"]["details"]))
        elif method == "Page.javascriptDialogOpening":
            self.problems.append(f"a dialog: {parameters['message']}")
            self.browser.post("Page.handleJavaScriptDialog", self.session, accept=False)
        elif method == "Fetch.requestPaused":
            self._intercepted(parameters)

    def _intercepted(self, parameters):
        address, identifier = parameters["request"]["url"], parameters["requestId"]
        for part, status, headers, body in self._answers:
            if part in address:
                fields = [{"name": name, "value": value} for name, value in headers.items()]
                body = base64.b64encode(body).decode()
                return self.browser.post(
                    "Fetch.fulfillRequest", self.session, requestId=identifier, responseCode=status, responseHeaders=fields, body=body
                )
        self.browser.post("Fetch.continueRequest", self.session, requestId=identifier)

    def answer(self, part, status, body=b"", **headers):
        """From now on, what the page asks of an address that holds `part` gets this answer and never reaches the server."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._answers.append((part, status, headers, body))
        self.call("Fetch.enable", patterns=[{"urlPattern": "*"}])

    def answer_nothing(self):
        self._answers.clear()
        self.call("Fetch.disable")

    def offline(self, is_offline):
        self.call("Network.emulateNetworkConditions", offline=is_offline, latency=0, downloadThroughput=-1, uploadThroughput=-1)

    def slow_upload(self, bytes_per_second):
        self.call(
            "Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1, uploadThroughput=bytes_per_second
        )

    def go(self, address):
        before = self._loads
        self.call("Page.navigate", url=address)
        self._until(lambda: self._loads > before, f"{address} to load", 20)

    def run(self, script):
        """The value of an expression in the page; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{script}: {result['exceptionDetails'].get('exception', {}).get('description')}")
        return result["result"].get("value")

    def wait(self, script, limit=15):
        """Waits until an expression is true, and returns its value; an element counts as true."""
        value = None
        read = f"((value) => (value instanceof Node ? true : value))({script})"

        def is_true():
            nonlocal value
            value = self.run(read)
            return value

        self._until(is_true, script, limit)
        return value

    def _until(self, is_true, what, limit):
        deadline = time.monotonic() + limit
        while not is_true():
            if time.monotonic() > deadline:
                text = self.run("document.body.innerText.replace(/\\n\\s*/g, '\\n').slice(0, 1500)")
                raise AssertionError(f"waited {limit} s for {what}\nproblems: {self.problems}\n{text}")
            time.sleep(0.02)

    def text(self, selector):
        return self.run(f"document.querySelector({json.dumps(selector)})?.textContent")

    def texts(self, selector):
        return self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map((node) => node.textContent)")

    def click(self, selector):
        """Presses the mouse in the middle of an element, wherever that is."""
        place = self.wait(
            f"(() => {{ const node = document.querySelector({json.dumps(selector)}); if (!node?.checkVisibility()) return null;"
            " node.scrollIntoView({block: 'nearest'}); const box = node.getClientRects()[0];"
            " return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def write(self, text):
        """Types into what has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key, shift=False):
        code, text = _KEYS[key]
        named = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **named, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def choose_files(self, selector, paths):
        node = self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]["objectId"]
        self.call("DOM.setFileInputFiles", files=[str(path) for path in paths], objectId=node)

    def picture(self, path, whole=False):
        result = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(result["data"]))
