# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Names, media types and first bytes of files."""

#: What a name or media type promises, for saying so when the bytes disagree, and what decides among texts.
EXTENSIONS = {
    "pdf": "pdf", "docx": "docx", "docm": "docx", "dotx": "docx", "pptx": "pptx", "pptm": "pptx", "ppsx": "pptx",
    "xlsx": "sheet", "xlsm": "sheet", "xlsb": "sheet", "xls": "sheet", "ods": "sheet",
    "odt": "odt", "ott": "odt", "odp": "odp", "rtf": "rtf", "epub": "epub", "msg": "msg", "doc": "doc", "ppt": "ppt",
    "eml": "mail", "html": "html", "htm": "html", "xhtml": "html", "xml": "xml", "csv": "csv", "tsv": "csv", "tab": "csv",
    "json": "json", "jsonl": "json", "ndjson": "json", "geojson": "json", "ipynb": "notebook", "yaml": "yaml", "yml": "yaml",
    "rst": "restructuredtext", "rest": "restructuredtext", "adoc": "asciidoc", "asciidoc": "asciidoc", "org": "org",
    "md": "markdown", "mdx": "markdown", "markdown": "markdown", "txt": "plain", "text": "plain", "log": "plain",
    "png": "image", "jpg": "image", "jpeg": "image", "gif": "image", "bmp": "image", "tif": "image", "tiff": "image", "webp": "image",
}  # fmt: skip
CODE = frozenset(
    "py pyi go rs swift c h cc cpp cxx hpp hh m mm java kt kts scala groovy cs fs vb js jsx mjs cjs ts tsx rb php pl pm lua r jl hs ml mli "
    "ex exs erl clj cljs lisp el scm dart zig nim v sv vhd sql sh bash zsh fish ps1 bat cmd tcl awk css scss less vue svelte proto graphql "
    "tf hcl cmake mk gradle toml ini cfg conf properties env dockerfile makefile asm s f f90 pas".split()
)
MEDIA_TYPES = {
    "application/pdf": "pdf", "text/html": "html", "text/csv": "csv", "text/tab-separated-values": "csv", "message/rfc822": "mail",
    "application/json": "json", "application/x-ndjson": "json", "application/xml": "xml", "text/xml": "xml", "text/markdown": "markdown",
    "text/x-rst": "restructuredtext", "text/org": "org", "application/yaml": "yaml", "application/x-ipynb+json": "notebook",
    "text/plain": "plain",
}  # fmt: skip
NAMES = {
    "pdf": "a PDF", "docx": "a Word document", "pptx": "a PowerPoint presentation", "sheet": "a spreadsheet", "odt": "an OpenDocument text",
    "odp": "an OpenDocument presentation", "rtf": "RTF", "epub": "an EPUB", "msg": "an Outlook message", "doc": "a Word 97 document",
    "ppt": "a PowerPoint 97 presentation", "image": "an image", "html": "HTML", "xml": "XML", "mail": "a mail",
}  # fmt: skip
IMAGES = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"]
FOREIGN = [
    (b"\x1f\x8b", "a gzip archive"), (b"BZh", "a bzip2 archive"), (b"\xfd7zXZ\0", "an xz archive"), (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"), (b"\x28\xb5\x2f\xfd", "a zstd archive"), (b"\x7fELF", "a program"), (b"MZ", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"), (b"\xca\xfe\xba\xbe", "a program"), (b"\0asm", "a program"), (b"SQLite format 3\0", "a database"),
    (b"PAR1", "a Parquet file"), (b"ID3", "sound"), (b"OggS", "sound"), (b"fLaC", "sound"), (b"\xff\xfb", "sound"),
    (b"RIFF", "sound or video"), (b"\x1aE\xdf\xa3", "video"), (b"%!PS", "PostScript"), (b"wOF", "a font"), (b"\0\1\0\0\0", "a font"),
]  # fmt: skip
