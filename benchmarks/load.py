# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""A load test of a running server: questions at a fixed rate for a fixed time.

Open loop: every request has its send time fixed in advance, and its latency counts from then, so a stall is not hidden. It asks the
questions of --questions (one per line), else the titles and first words of what the server holds. It changes nothing on the server.

Prints latencies of the requests that succeeded, the others by status or error, and the throughput. The exit code is 1 if more requests
failed than --allow says, 2 if no server answers.
"""

import argparse
import collections
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from latency import report, run

MOST_SECONDS = 600
MOST_QUESTIONS = 200
#: What is asked of a server without documents.
FALLBACK = ["What is the night rate for electricity?", "When does the ferry leave?", "Where are the seed oats kept?"]


def fetch(server, path, key):
    request = urllib.request.Request(server + path, headers={"Authorization": f"Bearer {key}"} if key else {})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return reply.read().decode()


def questions(server, key):
    """Titles and first words of documents that the server holds; each is about something that can be found."""
    found = []
    for document in json.loads(fetch(server, f"/documents?limit={MOST_QUESTIONS}", key))["documents"]:
        if document["title"]:
            found.append(document["title"])
        elif len(found) < 50:
            text = fetch(server, "/documents/" + urllib.parse.quote(document["id"], safe="") + "/text", key)
            found.append(" ".join(text.split()[:12]))
    return [question[:500] for question in found if question.strip()] or FALLBACK


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="http://127.0.0.1:8080")
    parser.add_argument("--rate", type=float, default=50, help="requests per second (50)")
    parser.add_argument("--seconds", type=float, default=20, help=f"how long, at most {MOST_SECONDS} (20)")
    parser.add_argument("--connections", type=int, default=32, help="most requests under way at once (32)")
    parser.add_argument("--mode", default="hybrid", choices=["hybrid", "dense", "lexical"])
    parser.add_argument("--generate", action="store_true", help="ask for answers, not only passages")
    parser.add_argument("--questions", type=pathlib.Path, help="file with one question per line")
    parser.add_argument("--allow", type=float, default=0.0, help="share of requests that may fail (0)")
    arguments = parser.parse_args()
    if not (0 < arguments.seconds <= MOST_SECONDS and 0 < arguments.rate <= 10_000 and 1 <= arguments.connections <= 1_000):
        parser.error(f"give a rate of at most 10,000, at most {MOST_SECONDS} seconds and 1 to 1,000 connections")
    server = arguments.server.rstrip("/")
    address = urllib.parse.urlsplit(server)
    if address.scheme != "http" or not address.hostname:
        parser.error("the load test speaks plain HTTP: give http://HOST:PORT")
    # From the environment alone: a command line can be read by every user of the machine.
    key = os.environ.get("API_KEY")

    try:
        asked = arguments.questions.read_text(encoding="utf-8").splitlines() if arguments.questions else questions(server, key)
    except urllib.error.HTTPError as error:
        print(f"load-test: {server} answered {error.code}; where there are keys, set API_KEY to one of the role read", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(
            f"load-test: no Grounded server answers at {server} ({error}): start one with 'make run', or name yours with SERVER=http://HOST:PORT",
            file=sys.stderr,
        )
        return 2
    asked = [question for question in asked if question.strip()] or FALLBACK
    bodies = [
        json.dumps({"query": question, "mode": arguments.mode, "generate": arguments.generate}).encode() for question in asked
    ]
    print(f"{arguments.rate:g} requests/s for {arguments.seconds:g} s to {server}, {len(bodies)} different questions")
    start = time.perf_counter()
    latencies, failures = run(
        address.hostname, address.port or 80, bodies, arguments.rate, arguments.seconds, arguments.connections,
        path=address.path + "/query", headers=f"Authorization: Bearer {key}\r\n" if key else "", patience=30,
    )
    took = time.perf_counter() - start
    report("latency", latencies, failures)
    for what, count in collections.Counter(map(str, failures)).most_common():
        print(f"  failed with {what}: {count}")
    print(f"throughput: {len(latencies) / took:.1f} successful requests/s over {took:.1f} s")
    total = len(latencies) + len(failures)
    return 1 if len(failures) > arguments.allow * total else 0


if __name__ == "__main__":
    sys.exit(main())
