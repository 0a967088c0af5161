# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Makes a test set for `grounded eval` from documents alone: a sentence of a document is the question, the document its answer.

    python benchmarks/quality/generated_questions.py CORPUS OUT [--questions 300] [--seed 7] [--prefix en-] [--drop 0.5]

CORPUS is a folder with `corpus.jsonl` (objects with `_id`, `title`, `text`); OUT becomes a folder in the BEIR layout. From each question
a share of the words is dropped (`--drop`), for a question rarely has a passage's own words. Such questions are easier than people's: they
show what ruins a collection's ranking, such as a model that does not know its language, and are no measure of how good a ranking is.
"""

import argparse
import json
import pathlib
import random
import re

SENTENCE_END = re.compile(r"(?<=[.!?。！？।])\s*(?=\S)|\n+")
CHARACTERS = range(20, 300)


def sentences(text):
    """The text's sentences that can be questions, without surrounding space."""
    return [part for part in (piece.strip() for piece in SENTENCE_END.split(text)) if len(part) in CHARACTERS]


def thinned(sentence, share, rng):
    """The sentence without a share of its words, or of its characters where it has no spaces; at least three stay."""
    words = sentence.split()
    separator = " "
    if len(sentence) > 12 * len(words):
        words, separator = list(sentence), ""
    kept = max(3, round(len(words) * (1 - share)))
    return separator.join(words[index] for index in sorted(rng.sample(range(len(words)), min(kept, len(words)))))


def main():
    """Reads the corpus, draws the questions, and writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--prefix", default="", help="only documents whose id begins so")
    parser.add_argument("--drop", type=float, default=0.5, help="share of each question's words that is left out")
    options = parser.parse_args()

    lines = (options.corpus / "corpus.jsonl").read_text(encoding="utf-8").split("\n")
    documents = [document for document in map(json.loads, filter(None, lines)) if document["_id"].startswith(options.prefix)]
    rng = random.Random(options.seed)
    questions = []
    for document in rng.sample(documents, len(documents)):
        if len(questions) == options.questions:
            break
        if found := sentences(document["text"]):
            questions.append((document["_id"], thinned(rng.choice(found), options.drop, rng)))

    (options.out / "qrels").mkdir(parents=True, exist_ok=True)
    write(options.out / "corpus.jsonl", documents)
    write(options.out / "queries.jsonl", [{"_id": f"q{number}", "text": text} for number, (_, text) in enumerate(questions)])
    rows = [f"q{number}\t{document}\t1" for number, (document, _) in enumerate(questions)]
    (options.out / "qrels" / "test.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *rows, ""]), encoding="utf-8")
    print(f"{len(questions)} questions over {len(documents)} documents, seed {options.seed}: {options.out}")


def write(path, rows):
    """One JSON object per line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
