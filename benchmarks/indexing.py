"""Indexing speed of the server over HTTP beside the model alone, called from Python on the same chunks in the same run.

Two rounds of each, in turn. The model alone uses as many threads as the server has lanes, each text alone, as the server does.
"""

import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "python"))


def through_the_server(binary, documents, directory):
    """Documents per second from the first request to the last reply, and how many chunks there were."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = dict(os.environ, DATA_DIR=str(directory), SERVER_PORT=str(port), LOG_LEVEL="error")
    environment.pop("API_KEYS", None)
    server = subprocess.Popen([binary, "serve"], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_ready(port)
        batches = [documents[i : i + 16] for i in range(0, len(documents), 16)]
        start = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(3) as clients:
            list(clients.map(lambda batch: send(port, batch), batches))
        return time.perf_counter() - start
    finally:
        server.terminate()
        server.wait(timeout=60)


def wait_ready(port):
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the server did not become ready")


def send(port, batch):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    body = json.dumps({"documents": batch}).encode()
    connection.request("POST", "/index", body, {"Content-Type": "application/json"})
    reply = json.loads(connection.getresponse().read())
    assert all(result["status"] == "indexed" for result in reply["results"]), reply
    connection.close()


def embedded_texts(directory, titles):
    """What the server embedded, read from its store: title, headings and text of every chunk."""
    database = sqlite3.connect(f"file:{directory}/grounded.sqlite?mode=ro", uri=True)
    whole = {}
    for text, part in database.execute("SELECT text, bytes FROM text_parts ORDER BY text, part"):
        whole[text] = whole.get(text, b"") + part
    rows = database.execute(
        "SELECT d.id, r.text, c.range_start, c.range_end, c.heading_path FROM chunks c JOIN documents d ON d.key = c.document"
        " JOIN revisions r ON r.document = c.document AND r.number = c.revision"
    ).fetchall()
    texts = []
    for identifier, text, start, end, path in rows:
        context = [titles[identifier]] if titles.get(identifier) else []
        context += json.loads(path or "[]")
        body = whole[text][start:end].decode()
        texts.append(" > ".join(context) + "\n" + body if context else body)
    return texts


def the_model_alone(texts, lanes):
    """Seconds to embed the texts, each alone, on as many threads as there are lanes."""
    from grounded_models.onnx_embedder import OnnxEmbedder

    embedder = OnnxEmbedder(model_dir=str(ROOT / ".deps/models/all-MiniLM-L6-v2"))
    # The server cuts very long titles; here those few texts are cut at their end, which costs the model the same.
    texts = [text.encode()[: spans[1][253]].decode() if len(spans[1]) > 254 else text for text, spans in zip(texts, embedder.token_spans(texts))]
    embedder.embed(texts[:1], "passage")
    position, lock = iter(texts), threading.Lock()

    def lane():
        while True:
            with lock:
                text = next(position, None)
            if text is None:
                return
            embedder.embed([text], "passage")

    start = time.perf_counter()
    threads = [threading.Thread(target=lane) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / ".build/release/grounded"))
    parser.add_argument("--data", type=pathlib.Path, required=True, help="BEIR folder")
    parser.add_argument("--count", type=int, default=400)
    arguments = parser.parse_args()
    with open(arguments.data / "corpus.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for _, line in zip(range(arguments.count), file)]
    documents = [{"id": row["_id"], "title": row.get("title") or None, "text": row["text"]} for row in rows]
    titles = {row["_id"]: row.get("title") for row in rows}
    ratios = []
    for number in (1, 2):
        directory = pathlib.Path(tempfile.mkdtemp(prefix="grounded-indexing-"))
        ours = through_the_server(arguments.binary, documents, directory)
        texts = embedded_texts(directory, titles)
        alone = the_model_alone(texts, os.cpu_count() or 1)
        shutil.rmtree(directory)
        ratios.append(alone / ours)
        print(
            f"round {number}: {len(documents)} documents, {len(texts)} chunks: server {len(texts) / ours:.1f} chunks/s, "
            f"model alone {len(texts) / alone:.1f} chunks/s, ratio {alone / ours:.3f}",
            flush=True,
        )
    print(f"ratio {sum(ratios) / len(ratios):.3f}")


if __name__ == "__main__":
    main()
