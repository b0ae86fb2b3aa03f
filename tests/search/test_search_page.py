"""What anyone finds, on both databases: words of all that is published, and of nothing else."""

import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from tests import factories, personas
from tests.pages import html
from tests.personas import Visitor
from tests.worlds import ON_SQLITE, World
from tracker.db.session import Database
from tracker.entries import publish
from tracker.entries.content import NewInstrument
from tracker.entries.models import PublishedCitation, PublishedRevision
from tracker.instruments.store import Store
from tracker.kit.vocabulary import Domain, RevisionKind
from tracker.privacy import operation
from tracker.search.full_text import astray, rebuild

STORE = Store(factories.DATA_DIR)
QUOTE = "Every Larkspurine nurse is trained."
INSTRUMENT = replace(
    factories.DECREE, title="Decree on Zephyrine care", title_original="Décret zéphyrien", language="fr"
)
CITED = replace(
    factories.CITATION,
    instrument=INSTRUMENT,
    quote=QUOTE,
    quote_language="en",
    translation="Tout soignant larkspurien est formé.",
)


async def publish_it(
    database: Database,
    *,
    domain: Domain = Domain.EDUCATOR,
    quote: str = QUOTE,
    instrument: NewInstrument | UUID = INSTRUMENT,
) -> PublishedRevision:
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    what = factories.content(citations=(replace(CITED, quote=quote, instrument=instrument),))
    return await factories.published(
        database, author, reviewer, await factories.cell(database, domain=domain), what
    )


async def search(client: Visitor, text: str, **more: str) -> str:
    answer = await client.get("/en/search", params={"q": text} | more)
    assert answer.status_code == 200, answer.text
    return answer.text


def headings(page: str) -> list[str]:
    return [" ".join(re.sub("<[^>]+>", "", h).split()) for h in re.findall("<h2[^>]*>(.*?)</h2>", page, re.S)]


def found(page: str) -> list[str]:
    """What is found, by the heading of each."""
    section = page.partition("<main")[2]
    return [" ".join(re.sub("<[^>]+>", "", h).split()) for h in re.findall("<h3>(.*?)</h3>", section, re.S)]


async def test_the_page_asks_for_words(client: Visitor) -> None:
    page = (await client.get("/en/search")).text
    assert html.form(page, "Search").fields == {"q": ""}
    assert "Nothing that is published" not in page


async def test_jurisdictions_are_found_by_name_and_code(client: Visitor) -> None:
    assert found(await search(client, "texas")) == ["Texas"]
    assert found(await search(client, "US-TX")) == ["Texas"]
    assert found(await search(client, "cote ivoire"))[0].startswith("Côte")
    assert "Quillmere Fictional" in found(await search(client, "quillm"))


async def test_countries_come_before_what_only_begins_so(client: Visitor) -> None:
    places = found(await search(client, "niger", kind="jurisdiction"))
    assert places[0] == "Niger"
    assert "Nigeria" in places


async def test_items_are_found_with_their_framework(client: Visitor) -> None:
    page = await search(client, "trauma informed", kind="item")
    assert "hhs-core-competencies@2021#HTCC" in page
    assert "<mark>" in page


async def test_instruments_and_passages_are_found_once_published(client: Visitor, database: Database) -> None:
    author = await personas.actor(database, personas.OWNER)
    await factories.draft(
        database,
        author,
        await factories.cell(database),
        factories.content(citations=(CITED,)),
        submitted=True,
    )
    for word in ("zephyrine", "larkspurine"):
        assert "Nothing that is published" in await search(client, word)
    revision = await publish_it(database, domain=Domain.INDIVIDUAL)
    assert revision.id
    assert headings(await search(client, "zephyr")) == ["Instruments (1)"]
    assert headings(await search(client, "zéphyrien")) == ["Instruments (1)"]
    page = await search(client, "larkspur")
    assert headings(page) == ["Passages quoted (1)"]
    assert "Every <mark>Larkspurine</mark> nurse" in page
    assert "<mark>larkspurien</mark>" in page
    assert "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-UC/individual" in page


async def test_a_passage_quoted_for_many_cells_is_told_once(client: Visitor, database: Database) -> None:
    first = await publish_it(database)
    async with database.read() as db:
        cited = select(PublishedCitation.instrument_id).where(col(PublishedCitation.revision_id) == first.id)
        instrument: UUID = (await db.execute(cited)).scalar_one()
    await publish_it(database, domain=Domain.RESEARCHER, instrument=instrument)
    page = await search(client, "larkspurine")
    assert headings(page) == ["Passages quoted (1)"]
    assert "/researcher" in page


async def test_what_is_withdrawn_is_not_found(client: Visitor, database: Database) -> None:
    revision = await publish_it(database)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    async with database.write(personas.bound(reviewer)) as db:
        await publish.withdraw(db, reviewer, revision.uid, reason="Not so.")
    assert "Nothing that is published" in await search(client, "larkspurine")
    async with database.read() as db:
        assert await astray(db) == 0


async def test_what_was_corrected_is_not_found(client: Visitor, database: Database) -> None:
    await publish_it(database)
    author = await personas.actor(database, personas.OWNER)
    reviewer = await personas.actor(database, personas.TEAMMATE)
    right = factories.content(
        kind=RevisionKind.CORRECTION, citations=(replace(CITED, quote="Nurses are trained.", translation=""),)
    )
    await factories.published(database, author, reviewer, await factories.cell(database), right)
    assert "Nothing that is published" in await search(client, "larkspurine")


async def test_what_is_redacted_is_in_no_index(client: Visitor, database: Database) -> None:
    revision = await publish_it(database)
    for field in ("citation.1.quote", "citation.1.translation", "citation.1.instrument.title"):
        await operation.redact(database, STORE, revision.uid, field, "It told of a person.")
    for word in ("larkspurine", "larkspurien", "zephyrine"):
        assert "Nothing that is published" in await search(client, word)
    async with database.read() as db:
        assert await astray(db) == 0
        left = await db.scalar(sa.text("SELECT count(*) FROM search_document WHERE head LIKE '%arkspur%'"))
    assert left == 0


@ON_SQLITE
async def test_the_file_keeps_nothing_of_what_is_redacted(own_world: World) -> None:
    database = Database(own_world.engine)
    revision = await publish_it(database)
    async with own_world.engine.connect() as connection:
        words = await connection.exec_driver_sql(
            "SELECT rowid FROM search_fts WHERE search_fts MATCH 'larkspurine'"
        )
        assert words.all()
    place = Path(str(own_world.engine.url.database))
    await own_world.engine.dispose()
    # words are kept without their beginning where one before them begins alike
    assert any(b"arkspurine" in f.read_bytes() for f in place.parent.glob(f"{place.name}*"))
    for field in ("citation.1.quote", "citation.1.translation"):
        await operation.redact(Database(own_world.engine), STORE, revision.uid, field, "It told of a person.")
    await own_world.engine.dispose()
    for file in place.parent.glob(f"{place.name}*"):
        assert b"rkspur" not in file.read_bytes().lower(), file.name


async def test_the_index_follows_names_and_can_be_made_anew(client: Visitor, database: Database) -> None:
    async with database.write() as db:
        await db.execute(sa.text("UPDATE jurisdiction SET name = 'Brindlewick' WHERE code = 'XAA'"))
    assert found(await search(client, "brindlewick")) == ["Brindlewick Fictional"]
    assert "Quillmere Fictional" not in found(await search(client, "quillmere", kind="jurisdiction"))
    async with database.write() as db:
        await db.execute(sa.text("DELETE FROM search_document WHERE head LIKE 'Brindlewick%'"))
        assert await astray(db) == 1
        await rebuild(db)
        assert await astray(db) == 0
    assert found(await search(client, "brindlewick")) == ["Brindlewick Fictional"]


@pytest.mark.parametrize("text", ["a", "x y", "'", '"', "*", "()", "-- ;", "%", "☃", "\u202e", "&|!"])
async def test_too_little_is_said_and_kept(client: Visitor, text: str) -> None:
    answer = await client.get("/en/search", params={"q": text})
    assert answer.status_code == 422
    assert "at least 2 letters or digits" in answer.text


@pytest.mark.parametrize(
    "text",
    ["NEAR(training)", 'head : "training"', "training*", '"training', "train' OR '1'='1", "a:b & c | !dd <-> ee",
     "x" * 10_000, "training " * 2000, "^training -care +law", "{head body} : law", "1e5 0x1F 3.14"],
)  # fmt: skip
async def test_no_query_is_an_error(client: Visitor, text: str) -> None:
    page = await search(client, text)
    assert "Traceback" not in page


async def test_what_is_typed_is_escaped(client: Visitor, database: Database) -> None:
    await publish_it(database, quote="<script>alert(1)</script> larkspurine & <b>")
    page = await search(client, "<script>larkspurine")
    assert "<script>" not in page
    assert "&lt;<mark>script</mark>&gt;alert" in page


async def test_one_kind_is_read_by_pages(client: Visitor) -> None:
    page = await search(client, "north")
    assert len(found(page)) <= 20
    assert "Show all" in page
    pages, seen, number = [], [], 1
    while True:
        one = await search(client, "north", kind="jurisdiction", page=str(number))
        pages.append(one)
        seen += found(one)
        if f"page={number + 1}" not in one:
            break
        number += 1
    total = int(re.findall(r"\((\d+)\)", headings(pages[0])[0])[0])
    assert len(seen) == total > 20
    beyond = await client.get("/en/search", params={"q": "north", "kind": "jurisdiction", "page": "999"})
    assert beyond.status_code == 404
    odd = await client.get("/en/search", params={"q": "north", "kind": "jurisdiction", "page": "-1"})
    assert odd.status_code == 200


async def test_an_unknown_kind_is_told_and_the_words_are_kept(client: Visitor) -> None:
    odd = await client.get("/en/search", params={"q": "north", "kind": "foo"})
    assert odd.status_code == 422
    assert "“foo” is not known here; it can be jurisdiction, item, instrument" in html.words(odd.text)
    assert 'value="north"' in odd.text
    assert not found(odd.text), "nothing looks as if it were narrowed to that kind"


async def test_the_order_is_the_same_on_both(client: Visitor, world: World) -> None:
    assert found(await search(client, "saint", kind="jurisdiction"))[:6] == [
        "Saint Barthélemy",
        "Saint Helena, Ascension and Tristan da Cunha",
        "Saint Kitts and Nevis",
        "Saint Lucia",
        "Saint Martin (French part)",
        "Saint Pierre and Miquelon",
    ]


async def test_every_page_has_a_search_box(client: Visitor) -> None:
    for path in ("/en", "/en/compare", "/en/sign-in"):
        assert html.form((await client.get(path)).text, "Search").action == "/en/search"
