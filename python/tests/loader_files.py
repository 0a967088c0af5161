# This source file is part of the Grounded open source project
# Copyright (c) 2026 the Grounded project authors
#
# See LICENSE for license information
# SPDX-License-Identifier: MIT

"""Files in every format, written from one known text."""

import csv
import io
import json
import zipfile
from email.message import EmailMessage
from html import escape

TITLE = "Handbook of the Harbour Office"
SECTIONS = [
    (
        "Opening hours",
        [
            "The office opens at seven in the morning and closes at half past four, except on public holidays, when nobody answers.",
            "Ships that arrive at night wait at buoy 14 until the pilot comes aboard; the naïve façade of Zürich has no harbour at all.",
        ],
    ),
    (
        "Retry policy",
        [
            "A request that fails is sent again after 250 milliseconds, then after twice that time, and at most five times in total.",
            "Whoever gives up writes the reason into the log & tells the officer on duty (extension 4711) before the next tide.",
        ],
    ),
]
ITEMS = ["Bring a passport", "Bring the crew list in two copies", "Bring patience"]
ROWS = [
    ["Berth", "Depth", "Fee"],
    ["North quay", "12.5 m", "1,200 EUR"],
    ["South quay", "9 m", "850 EUR"],
    ["Fish market", "4 m", "free | on Sundays"],
]


def words() -> str:
    """All that the files say, in order."""
    parts = [TITLE]
    for number, (name, paragraphs) in enumerate(SECTIONS):
        parts += [name, *paragraphs, *(ITEMS if number == 0 else [])]
    return "\n".join([*parts, *(" ".join(row) for row in ROWS)])


def docx() -> bytes:
    import docx as library

    document = library.Document()
    document.add_heading(TITLE, 0)
    for number, (name, paragraphs) in enumerate(SECTIONS):
        document.add_heading(name, 1)
        for text in paragraphs:
            document.add_paragraph(text)
        for item in ITEMS if number == 0 else []:
            document.add_paragraph(item, style="List Bullet")
    table = document.add_table(rows=0, cols=3)
    for row in ROWS:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    return _saved(document)


def pptx() -> bytes:
    import pptx as library
    from pptx.util import Inches

    show = library.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = TITLE
    for number, (name, paragraphs) in enumerate(SECTIONS):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = name
        slide.placeholders[1].text = "\n".join([*paragraphs, *(ITEMS if number == 0 else [])])
    slide = show.slides.add_slide(show.slide_layouts[6])
    table = slide.shapes.add_table(len(ROWS), 3, Inches(1), Inches(1), Inches(6), Inches(2)).table
    for y, row in enumerate(ROWS):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    return _saved(show)


def xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = TITLE
    for number, (name, paragraphs) in enumerate(SECTIONS):
        for text in [name, *paragraphs, *(ITEMS if number == 0 else [])]:
            sheet.append([text])
    sheet.append([])
    for row in ROWS:
        sheet.append(row)
    return _saved(book)


def pdf(columns: int = 1, ruled: bool = True) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table

    styles = getSampleStyleSheet()
    story = [Paragraph(TITLE, styles["Title"])]
    for number, (name, paragraphs) in enumerate(SECTIONS):
        story.append(Paragraph(name, styles["Heading2"]))
        story += [Paragraph(escape(text), styles["Normal"]) for text in paragraphs]
        story += [Paragraph(item, styles["Bullet"], bulletText="•") for item in (ITEMS if number == 0 else [])]
    story.append(Table(ROWS, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")] if ruled else []))
    target = io.BytesIO()
    width, height = A4
    across = (width - 80) / columns
    frames = [Frame(40 + index * across, 40, across - 10, (height - 80) / (2 if columns > 1 else 1)) for index in range(columns)]
    template = BaseDocTemplate(target, pagesize=A4, pageTemplates=[PageTemplate(frames=frames)])
    template.build(story)
    return target.getvalue()


def pages_pdf(texts: list[str]) -> bytes:
    """One page for each text."""
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target)
    for text in texts:
        for number, row in enumerate(text.split("\n")):
            canvas.drawString(72, 770 - 14 * number, row)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def html() -> str:
    parts = [f"<html><head><title>{TITLE}</title><style>p {{}}</style></head><body><h1>{TITLE}</h1>"]
    for number, (name, paragraphs) in enumerate(SECTIONS):
        parts.append(f"<h2>{name}</h2>" + "".join(f"<p>{escape(text)}</p>" for text in paragraphs))
        parts.append("<ul>" + "".join(f"<li>{item}</li>" for item in ITEMS) + "</ul>" if number == 0 else "")
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    return "\n".join(parts) + f"<table>{rows}</table><script>alert('never')</script></body></html>"


def epub() -> bytes:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata><title xmlns="http://purl.org/dc/elements/1.1/">Book</title></metadata>'
        '<manifest><item id="a" href="text/a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
    page = f'<?xml version="1.0" encoding="utf-8"?>{html()}'
    parts = [("META-INF/container.xml", container), ("OPS/book.opf", package), ("OPS/text/a.xhtml", page)]
    return zipped(("mimetype", "application/epub+zip"), *parts)


_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" office:version="1.2"'
)
_ODF_TABLE = "".join(
    "<table:table-row>"
    + "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row)
    + "</table:table-row>"
    for row in ROWS
)


def odt() -> bytes:
    parts = [f'<text:h text:outline-level="1">{TITLE}</text:h>']
    for number, (name, paragraphs) in enumerate(SECTIONS):
        parts.append(f'<text:h text:outline-level="2">{name}</text:h>')
        parts += [f"<text:p>{escape(text)}</text:p>" for text in paragraphs]
        items = "".join(f"<text:list-item><text:p>{item}</text:p></text:list-item>" for item in ITEMS)
        parts.append(f"<text:list>{items}</text:list>" if number == 0 else "")
    return _opendocument("text", "".join(parts) + f'<table:table table:name="T">{_ODF_TABLE}</table:table>')


def odp() -> bytes:
    def frame(texts: list[str], place: str) -> str:
        inner = "".join(f"<text:p>{escape(text)}</text:p>" for text in texts)
        return f'<draw:frame presentation:class="{place}"><draw:text-box>{inner}</draw:text-box></draw:frame>'

    slides = [frame([TITLE], "title")]
    for number, (name, paragraphs) in enumerate(SECTIONS):
        # The title stands last in the file, as it may.
        slides.append(frame([*paragraphs, *(ITEMS if number == 0 else [])], "outline") + frame([name], "title"))
    slides.append(f"<draw:frame><table:table>{_ODF_TABLE}</table:table></draw:frame>")
    return _opendocument("presentation", "".join(f"<draw:page>{slide}</draw:page>" for slide in slides))


def ods() -> bytes:
    lines = [text for number, (name, paragraphs) in enumerate(SECTIONS) for text in [name, *paragraphs, *(ITEMS if number == 0 else [])]]
    begin, end = '<table:table-row><table:table-cell office:value-type="string"><text:p>', "</text:p></table:table-cell></table:table-row>"
    cells = "".join(begin + escape(text) + end for text in lines)
    return _opendocument("spreadsheet", f'<table:table table:name="{TITLE}">{cells}<table:table-row/>{_ODF_TABLE}</table:table>')


def _opendocument(kind: str, body: str) -> bytes:
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODF}><office:body><office:{kind}>{body}'
    content += f"</office:{kind}></office:body></office:document-content>"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    mimetype = ("mimetype", f"application/vnd.oasis.opendocument.{kind}")
    return zipped(mimetype, ("content.xml", content), ("META-INF/manifest.xml", manifest))


def rtf() -> bytes:
    def line(text: str) -> str:
        return "".join(character if ord(character) < 128 else f"\\u{ord(character)}?" for character in text.replace("\\", "\\\\"))

    texts = "".join(f"\\pard {line(text)}\\par\n" for text in words().split("\n")[: -len(ROWS)])
    begin = "\\trowd\\cellx1000\\cellx2000\\cellx3000 "
    rows = "".join(begin + "".join(f"{line(cell)}\\cell " for cell in row) + "\\row\n" for row in ROWS)
    return ("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times;}}\n" + texts + rows + "}").encode()


def eml(as_html: bool = False) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Harbour", "Ada <ada@example.com>", "bob@example.com"
    if as_html:
        message.set_content(html(), subtype="html")
    else:
        message.set_content("\n\n".join(words().split("\n")))
    return bytes(message)


def markup(heading, bullet: str, table: str) -> str:
    parts = [heading(1, TITLE)]
    for number, (name, paragraphs) in enumerate(SECTIONS):
        parts += [heading(2, name), *paragraphs]
        parts += ["\n".join(f"{bullet} {item}" for item in ITEMS)] if number == 0 else []
    return "\n\n".join([*parts, table]) + "\n"


def rst() -> str:
    widths = [max(len(row[column]) for row in ROWS) for column in range(3)]
    rule = "  ".join("=" * width for width in widths)
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in ROWS]
    return markup(lambda level, text: f"{text}\n{'=-'[level - 1] * len(text)}", "*", "\n".join([rule, rows[0], rule, *rows[1:], rule]))


def adoc() -> str:
    rows = "\n".join("|" + " |".join(cell.replace("|", "/") for cell in row) for row in ROWS)
    return markup(lambda level, text: f"{'=' * level} {text}", "*", f"|===\n{rows}\n|===")


def org() -> str:
    rows = [" | ".join(cell.replace("|", "/") for cell in row) for row in ROWS]
    return markup(lambda level, text: f"{'*' * level} {text}", "-", "\n".join(f"| {row} |" for row in [rows[0], *rows[1:]]))


def separated(delimiter: str) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter)
    writer.writerows([["name", "text", "note"], *([text[:20], text, "n,o;te"] for text in words().split("\n")), *ROWS])
    return target.getvalue()


def records() -> list[dict]:
    return [{"title": name, "body": {"texts": paragraphs, "count": len(paragraphs)}} for name, paragraphs in SECTIONS]


def notebook() -> str:
    cells = [{"cell_type": "markdown", "source": [f"{text}\n\n"]} for text in words().split("\n")]
    cells.append({"cell_type": "code", "source": "print(6 * 7)", "outputs": [{"output_type": "stream", "text": ["42\n"]}]})
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})


def xml() -> str:
    sections = ""
    for name, paragraphs in SECTIONS:
        sections += f"<section><name>{name}</name>" + "".join(f"<text>{escape(text)}</text>" for text in paragraphs) + "</section>"
    return f'<?xml version="1.0"?><handbook><title>{TITLE}</title>{sections}</handbook>'


def zipped(*files: tuple[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return target.getvalue()


def _saved(document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
