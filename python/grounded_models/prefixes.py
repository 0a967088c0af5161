# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""What a model wants in front of queries and passages.

A model's own folder decides where it speaks (``grounded.json``, then ``prompts`` in ``config_sentence_transformers.json``); this table
serves the many folders that leave it to the model's page. A name matches when it contains the pattern, the first match decides.
"""

import re

_BGE_ENGLISH = "Represent this sentence for searching relevant passages: "
_BGE_CHINESE = "为这个句子生成表示以用于检索相关文章："

#: (pattern of the lower-cased name, query prefix, passage prefix)
KNOWN_PREFIXES: list[tuple[str, str, str]] = [
    (r"e5-mistral|e5.*instruct", "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ", ""),
    (r"(^|[-_/])e5-(small|base|large)|multilingual-e5", "query: ", "passage: "),
    (r"bge-m3", "", ""),
    (r"bge-(small|base|large)-zh", _BGE_CHINESE, ""),
    (r"bge-(small|base|large)|bge-micro", _BGE_ENGLISH, ""),
    (r"mxbai-embed|snowflake-arctic-embed-(xs|s|m|l)\b(?!-v2)", _BGE_ENGLISH, ""),
    (r"snowflake-arctic-embed-(m|l)-v2", "query: ", ""),
    (r"nomic-embed-text", "search_query: ", "search_document: "),
    (r"gte-(small|base|large|multilingual)", "", ""),
    (r"minilm|mpnet|labse|paraphrase|msmarco|multi-qa", "", ""),
]


def known_prefixes(name: str) -> tuple[str, str]:
    """The query prefix and the passage prefix of the model ``name``; both empty where the table does not know it."""
    for pattern, query, passage in KNOWN_PREFIXES:
        if re.search(pattern, name.lower()):
            return query, passage
    return "", ""
