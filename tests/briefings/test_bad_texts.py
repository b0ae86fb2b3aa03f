"""Texts that mean harm or are merely odd: every file is made, says what it had to do, and reads nothing else."""

import builtins
import io
import socket
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import docx
import pytest
from msgspec import structs

from tests.briefings import structure
from tests.personas import Visitor
from tracker.briefings import pdf
from tracker.briefings.compose import compose
from tracker.briefings.document import Document
from tracker.briefings.options import Grade, Message, Options, Recommendation
from tracker.briefings.twins import docx as word
from tracker.briefings.twins import tables
from tracker.compare.queries import compare
from tracker.compare.query import parse
from tracker.db.session import Database

TEXTS = {
    "markup": "</para><b>x</b>&amp;<script>alert(1)</script>{{ 7*7 }}",
    "image": '<img src="file:///etc/passwd"/><img src=http://127.0.0.1:1/x.png>',
    "directions": "\u202eright to left\u202c \u200fمرحبا\u200e \u2066isolate\u2069",
    "unbreakable": "x" * 1_000_000,
    "glyphs": "𒀀𒀁 日本語の文書 \U0001f600 \ue000",
    "controls": "a\x00b\x08c\x0bd\ufffe",
    "formula": '=HYPERLINK("http://x.example","y")',
}


async def briefing(database: Database, text: str) -> Document:
    """With the text as question, message, recommendation and quote."""
    async with database.read() as db:
        comparison = await compare(db, parse({"jurisdictions": "XAA,XAB"}))
    cells = {}
    for key, cell in comparison.cells.items():
        voices = tuple(
            structs.replace(
                v,
                note=text,
                evidence=tuple(
                    structs.replace(e, quote=text, title=text, url="javascript:alert(1)") for e in v.evidence
                ),
            )
            for v in cell.voices[:1]
        )
        cells[key] = replace(cell, voices=voices) if cell.item.key == "HTCC-C1" else cell
    options = Options(
        question=text,
        messages=(Message("", text, text),),
        recommendations=(Recommendation(text, Grade.URGES, text),),
    )
    return compose(
        replace(comparison, cells=cells),
        base_url="https://tracker.example",
        locale="en",
        service_name="Tracker",
        options=options,
    )


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """After this nothing is read but the faces and templates that ship with the program."""
    opened: list[str] = []
    real = builtins.open
    root = str(Path(pdf.__file__).parents[2])

    def watched(path: Any, *rest: Any, **named: Any) -> Any:
        opened.append(str(path))
        assert str(path).startswith(root) or "/docx/templates/" in str(Path(path).resolve()), path
        return real(path, *rest, **named)

    def never(*_given: Any, **_named: Any) -> NoReturn:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(io, "open", watched)
    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    return opened


@pytest.mark.parametrize("name", TEXTS)
async def test_every_file_is_made_and_reads_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, name: str
) -> None:
    text = TEXTS[name]
    document = await briefing(database, text)
    request.getfixturevalue("shut")
    drawn = pdf.draw(document)
    written = word.write(document)
    packed = tables.archive(document, b"{}")
    monkeypatch.undo()
    read = structure.tree(drawn).text
    if name == "unbreakable":
        assert "[… 950,000]" in read
    if name in ("glyphs", "controls", "directions", "unbreakable"):
        assert "What this file could not show" in read
    if name in ("markup", "image", "formula"):
        flat = "".join(read.split())
        assert "".join(text.split()) in flat
    assert not [ref for e in structure.tree(drawn).walk() for ref in e.refs if ref.startswith("javascript")]
    made = docx.Document(io.BytesIO(written))
    assert not [r for r in made.part.rels.values() if r.is_external and "javascript" in r.target_ref]
    assert "image" not in " ".join(r.reltype for r in made.part.rels.values())
    assert not set("\u202d\u202e") & set(made.element.xml)
    sheets = zipfile.ZipFile(io.BytesIO(packed))
    assert not [n for n in sheets.namelist() if b"\n=HYPERLINK" in sheets.read(n)]


async def test_the_page_escapes_what_was_typed(client: Visitor) -> None:
    answer = await client.get("/en/compare/briefing?jurisdictions=XAA&on=<script>")
    assert answer.status_code == 422
    assert "<script>" not in answer.text.replace("<script ", "")
