# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Pictures, which only OCR can read."""

import shutil
import subprocess

from .document import Document, Refusal, Source, paragraph

_SECONDS = 55


def load(source: Source, kind: str) -> Document:
    if not source.ocr:
        raise Refusal("unreadable", "an image, and OCR is off; turn on OCR (LOADER_OCR=true)")
    return Document(paragraph(recognized(source.data)), warnings=["the text was recognised in an image"])


def recognized(picture: bytes) -> str:
    """The text in a picture of any format that ``tesseract`` reads."""
    program = shutil.which("tesseract")
    if program is None:
        raise Refusal("unreadable", "OCR is on, but the server has no tesseract; install it, or upload a file that holds text")
    try:
        done = subprocess.run([program, "stdin", "stdout"], input=picture, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Refusal("too_large", f"OCR takes longer than {_SECONDS} seconds; divide the document") from None
    if done.returncode != 0:
        raise Refusal("unreadable", f"OCR failed: {done.stderr.decode('utf-8', 'replace')[-200:].strip()}")
    return done.stdout.decode("utf-8", "replace").replace("\f", "\n")
