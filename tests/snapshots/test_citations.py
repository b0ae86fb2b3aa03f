"""A snapshot is cited as text, BibTeX, RIS and CSL-JSON, each with the same facts, whatever the names hold."""

import json
import re
from dataclasses import replace

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware

from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import freeze
from tracker.db.session import Database
from tracker.snapshots.citations import Reference, reference

HOSTILE = "A & B_{1} 50% #1 $x ~ ^ \\ \r\nER  - "


@pytest.fixture
async def cited(database: Database) -> Reference:
    made = await freeze(database, jurisdictions="US-TX,XAA")
    return reference(made, service="The Tracker", base_url="https://tracker.example", locale="en")


async def test_every_form_says_the_same(cited: Reference) -> None:
    url = f"https://tracker.example/en/snapshots/{cited.id}"
    title = "Adoption in Texas and Quillmere, on paper and in practice"
    (item,) = json.loads(cited.work.csl())
    assert (item["type"], item["URL"]) == ("dataset", url)
    assert item["author"] == [{"literal": "The Tracker"}]
    assert item["issued"]["date-parts"] == [[cited.frozen.year, cited.frozen.month, cited.frozen.day]]
    for text in (cited.text(), cited.work.bibtex(), cited.work.ris(), cited.work.csl()):
        for fact in ("The Tracker", title, url, cited.id, "format 1", str(cited.frozen.year)):
            assert fact in text, text
    for text in (cited.work.bibtex(), cited.work.ris(), cited.work.csl()):
        assert cited.sha256 in text
        assert f"in force on {cited.on.isoformat()}" in text


async def test_names_break_nothing(cited: Reference) -> None:
    bad = replace(cited, service=HOSTILE, title=HOSTILE)
    lines = bad.work.ris().split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*|", line) for line in lines)
    assert [line[:2] for line in lines if line].count("ER") == 1
    body = re.sub(r"\\text\w+\{\}|\\.", "", bad.work.bibtex())
    assert body.count("{") == body.count("}")
    assert not re.search(r"[&%$#~^\\]", body)
    assert json.loads(bad.work.csl())[0]["title"] == HOSTILE


# What CSL-JSON has for what we tell: docs.citationstyles.org, appendix IV.
VARIABLES = {"author", "publisher", "title", "issued", "version", "number", "note", "URL", "id", "type"}


@pytest.mark.parametrize("names", [None, "A & B_{1} 50% #1 $x ~ \\ end"], ids=["plain", "hostile"])
async def test_reference_managers_read_the_same_back(cited: Reference, names: str | None) -> None:
    of = replace(cited, service=names, title=names) if names else cited
    library = bibtexparser.parse_string(of.work.bibtex(), append_middleware=[LatexDecodingMiddleware()])
    assert not library.failed_blocks
    (entry,) = library.entries
    bib = {field.key: field.value for field in entry.fields}
    assert (entry.entry_type, entry.key) == ("misc", f"tracker-{of.id}")
    (ris,) = rispy.loads(of.work.ris())
    (csl,) = json.loads(of.work.csl())
    assert set(csl) <= VARIABLES
    frozen = [of.frozen.year, of.frozen.month, of.frozen.day]
    assert [bib["author"], ris["authors"][0].removesuffix(","), csl["author"][0]["literal"]] == [
        of.service
    ] * 3
    assert [bib["title"], ris["title"], csl["title"]] == [of.title] * 3
    assert [[int(bib[n]) for n in ("year", "month", "day")], [int(n) for n in ris["date"].split("/")]] == [
        frozen
    ] * 2
    assert csl["issued"]["date-parts"] == [frozen]
    assert [bib["url"], ris["urls"][0], csl["URL"]] == [of.url] * 3
    assert [bib["note"], ris["notes"][0], csl["note"]] == [of.note] * 3
    assert [bib["version"], ris["edition"], csl["version"]] == [of.version] * 3


async def test_the_page_shows_what_the_files_hold(client: Visitor, database: Database) -> None:
    made = await freeze(database, jurisdictions="US-TX,XAA")
    told = html.words((await client.get(f"/en/snapshots/{made.id}")).text)
    for ending in ("bib", "ris", "csl.json"):
        answer = await client.get(f"/en/snapshots/{made.id}.{ending}")
        assert " ".join(answer.text.split()) in told
    assert "Core Competencies Adoption Tracker (" in told
