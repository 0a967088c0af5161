# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Asks two running servers every test question of a BEIR folder and compares their ten best passages.

    benchmarks/same_answers.py http://127.0.0.1:8080 http://127.0.0.1:8081 ../shared/data/retrieval/scifact

Exit 1 where a passage or its place differs: what was migrated must be found as it was.
"""

import argparse
import http.client
import json
import pathlib
import sys
import urllib.parse


def questions(folder):
    wanted = {line.split("\t")[0] for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]}
    for line in (folder / "queries.jsonl").read_text().splitlines():
        query = json.loads(line)
        if query["_id"] in wanted:
            yield query["text"]


def best(connection, question, mode):
    body = json.dumps({"query": question, "mode": mode, "top_k": 10, "generate": False})
    connection.request("POST", "/query", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    answer = json.loads(reply.read())
    if reply.status != 200:
        raise SystemExit(f"status {reply.status}: {answer}")
    if answer.get("degraded"):
        raise SystemExit(f"degraded: {answer['degraded']}")
    return [(hit["document_id"], hit["revision"], hit["start"], hit["end"]) for hit in answer["passages"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("first")
    parser.add_argument("second")
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--mode", default="hybrid", choices=["hybrid", "dense", "lexical"])
    arguments = parser.parse_args()
    servers = [urllib.parse.urlsplit(url) for url in (arguments.first, arguments.second)]
    connections = [http.client.HTTPConnection(server.hostname, server.port, timeout=30) for server in servers]
    different = total = 0
    for question in questions(arguments.data):
        total += 1
        first, second = (best(connection, question, arguments.mode) for connection in connections)
        if first != second:
            different += 1
            print(f"differs: {question}", file=sys.stderr)
    print(f"{total} questions, {different} with other passages among the ten best ({arguments.mode})")
    sys.exit(1 if different or not total else 0)


if __name__ == "__main__":
    main()
