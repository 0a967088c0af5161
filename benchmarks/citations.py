"""Asks a running server the test questions of a BEIR set, answers included, and checks every citation.

A citation holds if its quote is exactly the bytes from `start` to `end` of the text of the revision that it names, and the SHA-256
of that text is the hash that it names. Prints counts; exits 1 if any citation does not hold or nothing was cited.
"""

import argparse
import hashlib
import http.client
import json
import pathlib
import sys
import urllib.parse


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=150)
        self.texts = {}

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
        response = self.connection.getresponse()
        return response.status, response.read()

    def query(self, text):
        status, raw = self.send("POST", "/query", {"query": text, "generate": True})
        if status != 200:
            raise SystemExit(f"the query {text!r} was answered {status}: {raw.decode(errors='replace')}")
        return json.loads(raw)

    def text(self, document, revision):
        """The canonical text of a revision, as bytes; None if there is none."""
        if (document, revision) not in self.texts:
            status, raw = self.send("GET", f"/documents/{urllib.parse.quote(document, safe='')}/text?revision={revision}")
            self.texts[document, revision] = raw if status == 200 else None
        return self.texts[document, revision]

    def fault(self, citation):
        """What is wrong with a citation; None if it holds."""
        text = self.text(citation["document_id"], citation["revision"])
        if text is None:
            return "the revision cannot be read"
        if "sha256:" + hashlib.sha256(text).hexdigest() != citation["hash"]:
            return "the hash is not that of the text"
        if text[citation["start"] : citation["end"]] != citation["quote"].encode():
            return "the quote does not stand there"
        if not citation["quote"]:
            return "the quote is empty"
        return None


def questions(folder, count):
    with open(folder / "qrels" / "test.tsv", encoding="utf-8") as file:
        wanted = {line.split("\t")[0] for line in file}
    with open(folder / "queries.jsonl", encoding="utf-8") as file:
        return [row["text"] for row in map(json.loads, file) if row["_id"] in wanted][:count]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="BEIR folder whose corpus the server holds")
    parser.add_argument("--count", type=int, default=200, help="most questions to ask")
    arguments = parser.parse_args()
    client = Client(arguments.port)
    asked = answered = refused = citations = unverified = 0
    faults = []
    for question in questions(arguments.data, arguments.count):
        reply = client.query(question)
        asked += 1
        answered += reply["answer"] is not None
        refused += reply.get("reason") == "nothing_relevant"
        for citation in reply["citations"]:
            citations += 1
            unverified += not citation["verified"]
            if fault := client.fault(citation):
                faults.append(fault)
                print(f"{question!r}: {fault}: {json.dumps(citation, ensure_ascii=False)}", file=sys.stderr)
    print(f"{asked} questions: {answered} answered, {refused} with nothing relevant")
    print(f"{citations} citations of {len(client.texts)} revisions: {citations - len(faults)} hold, {len(faults)} do not, {unverified} not verified")
    return 1 if faults or not citations else 0


if __name__ == "__main__":
    sys.exit(main())
