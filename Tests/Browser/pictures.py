# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Takes the pictures of docs/page.md: `.venv/bin/python Tests/Browser/pictures.py docs/images`, with the sample corpus.

They look best with the font Inter installed, and are a third of the size with pngquant.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from browser import Browser

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Integration"))
from server import ROOT, Server, command

QUESTION = "Who had the key to the seed oats in the winter of 1947?"


def ask(page, question, mode="hybrid"):
    page.run(f"document.querySelector('[name=mode][value={mode}]').click()")
    page.click("#question")
    page.run("document.querySelector('#question').select()")
    page.write(question)
    page.press("Enter")
    page.wait("/^(Answered|Compared).*[.]$/.test(document.querySelector('#ask-status').textContent)")
    page.run("document.activeElement.blur()")


def take(browser, server, folder):
    address = f"http://127.0.0.1:{server.port}/"

    def page(name, act, path="", **settings):
        with browser.page(**settings) as tab:
            tab.go(address + path)
            tab.wait("document.querySelector('#health').dataset.status === 'ok'")
            act(tab)
            tab.run("document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))")
            picture = folder / f"{name}.png"
            tab.picture(picture)
            if shutil.which("pngquant"):
                subprocess.run(["pngquant", "--force", "--strip", "--output", picture, "64", picture], check=True)

    def cite(tab):
        ask(tab, QUESTION)
        tab.click("#answer .marker")
        tab.wait("document.querySelector('#panel-check').textContent.includes('SHA-256')")
        tab.run("document.activeElement.blur()")

    def documents(tab):
        tab.wait("document.querySelectorAll('.library-line').length > 3")
        with tempfile.TemporaryDirectory() as base:
            files = [pathlib.Path(base) / name for name in ("ferry-notice.md", "meeting.txt", "empty.txt")]
            for file, text in zip(files, ("# Notice\n\nNo ferry on Sunday.", "The council met at seven.", "")):
                file.write_text(text)
            tab.choose_files("#files", files)
            tab.wait("document.querySelectorAll('.upload:is([data-state=indexed], [data-state=failed])').length === 3")

    page("page-light", lambda tab: ask(tab, QUESTION), width=1120, height=980)
    page("page-dark", lambda tab: ask(tab, QUESTION), width=1120, height=980, dark=True)
    page("page-citation", cite, width=1360, height=900)
    page("page-compare", lambda tab: ask(tab, QUESTION, mode="compare"), width=1360, height=900)
    page("page-mobile", lambda tab: ask(tab, QUESTION), width=360, height=780, scale=2)
    page("page-mobile-citation", cite, width=360, height=780, scale=2, dark=True)
    page("page-documents", documents, path="#documents", width=1120, height=900)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as base, Server(pathlib.Path(base) / "data") as server:
        result = command(["index", ROOT / "examples" / "corpus"], server.directory)
        if result.returncode != 0:
            raise SystemExit(result.stdout + result.stderr)
        browser = Browser()
        try:
            take(browser, server, folder)
        finally:
            browser.end()


if __name__ == "__main__":
    main()
