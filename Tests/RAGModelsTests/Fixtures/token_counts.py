# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Writes token_counts.json: how many tokens all-MiniLM-L6-v2's own tokenizer finds in each paragraph of examples/corpus, and in a few
sentences that are hard to guess. Run from the package root with the Python of .venv, after the corpus has changed."""

import json
import pathlib

from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[3]
TRICKY = [
    "antidisestablishmentarianism and floccinaucinihilipilification",
    "HTTPTransport.swift:142 getUserByIdOrNil(userID: UUID?) -> [String: Any]",
    "0x7fffdeadbeef 550e8400-e29b-41d4-a716-446655440000 sha256:9f86d081884c7d659a2feaa0c55ad015",
    "1,234,567.89 € (≈ 42 % of 2024-11-23T19:26:46Z)",
    "https://github.com/ahrtr/etcd?q=a%20b&c=d#readme",
    "Die Donaudampfschifffahrtsgesellschaft fährt über größere Flüsse.",
    "Les élèves français déjeunaient près de l'église Saint-Étienne.",
    "Привет, мир! Где находится библиотека?",
    "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας.",
    "我们在北京的图书馆里读书。",
    "東京タワーは日本の首都にあります。",
    "한국어는 한반도에서 사용되는 언어입니다.",
    "भारत की राजधानी नई दिल्ली है।",
    "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
    "القاهرة هي عاصمة جمهورية مصر العربية.",
    "Thành phố Hồ Chí Minh là thành phố lớn nhất Việt Nam.",
    "🦆🦆 ducks 👩‍🚀 and … “quotes” – dashes — done",
    "| a | b |\n|---|---|\n| `x` | **y** |",
]


def main():
    tokenizer = Tokenizer.from_file(str(ROOT / ".deps/models/all-MiniLM-L6-v2/tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts):
        return [len(encoding.ids) for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]

    corpus = {}
    for path in sorted((ROOT / "examples/corpus").rglob("*")):
        if path.suffix in (".md", ".txt", ".html"):
            text = path.read_text()
            corpus[str(path.relative_to(ROOT))] = {"bytes": len(text.encode()), "counts": count(text.split("\n\n"))}
    tricky = [{"text": text, "count": number} for text, number in zip(TRICKY, count(TRICKY))]
    output = json.dumps({"corpus": corpus, "tricky": tricky}, ensure_ascii=False, indent=1)
    (pathlib.Path(__file__).parent / "token_counts.json").write_text(output + "\n")


main()
