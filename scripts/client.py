#!/usr/bin/env python3
# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Talks to a running server: an example on top of the Python client in python/grounded_client.

    scripts/client.py index examples/corpus        files, or folders with all the text, Markdown and HTML in them
    scripts/client.py query "May I take a gas bottle on the ferry?"
    scripts/client.py stream "May I take a gas bottle on the ferry?"
    scripts/client.py list
    scripts/client.py delete ferry/rules.md
    scripts/client.py health

It needs Python 3.11 and the package httpx2: `pip install ./python/grounded_client`, or .venv/bin/python after `scripts/setup.sh --test`.
"""

import argparse
import os
import pathlib
import sys
from collections.abc import Iterator

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "python"))

try:
    from grounded_client import Answer, Client, ConnectionFailed, GroundedError, NotFound, PassagesEvent, TokenEvent
except ImportError as error:
    sys.exit(f"client: {error}; run `pip install ./python/grounded_client`, or this script with .venv/bin/python after scripts/setup.sh --test")

READABLE = (".txt", ".md", ".markdown", ".html", ".htm")


def files(paths: list[pathlib.Path]) -> Iterator[tuple[str, pathlib.Path]]:
    """Ids and files: a folder's files have their path in it as id."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file() and file.suffix.lower() in READABLE:
                    yield file.relative_to(path).as_posix(), file
        else:
            yield path.name, path


def index(client: Client, arguments: argparse.Namespace) -> int:
    failed = 0
    for id, file in files(arguments.paths):
        reply = client.index_file(file, id=id)
        for result in reply.results:
            print(f"{result.status:10} {result.id}" + (f": {result.error.reason}" if result.error else ""))
        failed += len(reply.failures)
    return 1 if failed else 0


def show(answer: Answer) -> None:
    """Citations, and what was worse than usual; the text was shown before."""
    if answer.text is None:
        print("No answer: nothing relevant was found." if answer.reason else "No answer was asked for.")
    for citation in answer.citations:
        mark = "" if citation.verified else " (not verified)"
        print(f"  [{citation.marker}] {citation.document_id}, bytes {citation.start} to {citation.end}{mark}: {citation.quote}")
    if answer.degraded:
        print(f"  degraded: {', '.join(answer.degraded)}")


def query(client: Client, arguments: argparse.Namespace) -> int:
    answer = client.query(arguments.question, top_k=arguments.top_k, mode=arguments.mode)
    if answer.text is not None:
        print(answer.text)
    show(answer)
    return 0


def stream(client: Client, arguments: argparse.Namespace) -> int:
    with client.stream(arguments.question, top_k=arguments.top_k, mode=arguments.mode) as events:
        for event in events:
            if isinstance(event, PassagesEvent):
                print(f"({len(event.passages)} passages)")
            elif isinstance(event, TokenEvent):
                print(event.text, end="", flush=True)
        print()
        show(events.answer)
    return 0


def list_documents(client: Client, arguments: argparse.Namespace) -> int:
    for document in client.documents(prefix=arguments.prefix):
        print(f"{document.id}  revision {document.revision}, {document.chunks} chunks, {document.title or 'no title'}")
    return 0


def delete(client: Client, arguments: argparse.Namespace) -> int:
    status = 0
    for id in arguments.ids:
        try:
            withdrawal = client.delete(id)
        except NotFound:
            print(f"there is no document {id}")
            status = 1
            continue
        left = "nothing of it can be found" if withdrawal.proof.is_complete else f"still there: {withdrawal.proof}"
        print(f"deleted    {id} ({withdrawal.revisions} revisions; {left})")
    return status


def health(client: Client, arguments: argparse.Namespace) -> int:
    found = client.health()
    print(f"{found.status} (version {found.version or 'unknown'})")
    for dependency in found.dependencies:
        print(f"  {dependency.name}: {dependency.status}" + (f", {dependency.detail}" if dependency.detail else ""))
    return 0 if found.status in ("ok", "degraded") else 1


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("--server", default=os.environ.get("SERVER", "http://127.0.0.1:8080"), help="also SERVER in the environment")
    result.add_argument("--key", default=os.environ.get("API_KEY"), help="also API_KEY in the environment, where others cannot see it")
    commands = result.add_subparsers(required=True)

    def command(name: str, run: object, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help)
        added.set_defaults(run=run)
        return added

    command("index", index, "index files and folders").add_argument("paths", nargs="+", type=pathlib.Path)
    for name, run, help in (("query", query, "ask"), ("stream", stream, "ask, and show the answer as it comes")):
        asking = command(name, run, help)
        asking.add_argument("question")
        asking.add_argument("--top-k", type=int)
        asking.add_argument("--mode", choices=["hybrid", "dense", "lexical"])
    command("list", list_documents, "list the documents").add_argument("--prefix")
    command("delete", delete, "withdraw documents").add_argument("ids", nargs="+")
    command("health", health, "show how the server is")
    return result


def main() -> int:
    arguments = parser().parse_args()
    try:
        with Client(arguments.server, arguments.key) as client:
            status: int = arguments.run(client, arguments)
            return status
    except ConnectionFailed as error:
        print(f"client: {error}; start a server with `make run`, or name yours with --server", file=sys.stderr)
        return 1
    except (GroundedError, OSError, ValueError) as error:
        print(f"client: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
