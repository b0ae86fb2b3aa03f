"""Files that come with the form: what is taken, what is refused, and that nothing refused is left behind."""

import asyncio
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from tests import factories, personas
from tests.factories import PDF
from tests.personas import Visitor
from tests.worlds import World
from tracker.app import App
from tracker.db.session import Database
from tracker.instruments import own_queries
from tracker.instruments.models import StoredFile
from tracker.instruments.own_queries import OwnAttachment
from tracker.instruments.store import Store
from tracker.settings import Settings

MB = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
PAGE = b"<!doctype html><script>alert(1)</script>"
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + b"\x00" * 40


@pytest.fixture
async def instrument(database: Database) -> UUID:
    """An unpublished instrument of the owner's organisation."""
    return await factories.instrument(database, await personas.actor(database, personas.OWNER))


async def upload(
    person: Visitor, instrument: UUID, name: str, content: bytes, *, title: str = "", as_: str = "none"
) -> httpx.Response:
    organisation = person.persona.organisation if person.persona else "health-xaa"
    return await person.submit(
        f"/en/o/{organisation}/instruments/{instrument}/attachments",
        {"attach-title": title, "attach-published_as": as_},
        files={"attach-file": (name, content)},
    )


async def kept(database: Database, instrument: UUID) -> list[OwnAttachment]:
    who = await personas.actor(database, personas.OWNER)
    async with database.read(personas.bound(who)) as db:
        return (await own_queries.attachments_of(db, [instrument]))[instrument]


def stored(settings: Settings, content: bytes) -> Path:
    digest = sha256(content).hexdigest()
    return settings.data_dir / "attachments" / digest[:2] / digest


def leftovers(settings: Settings) -> list[Path]:
    return list((settings.data_dir / "attachments" / "incoming").glob("*"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("decree.pdf", PDF, "application/pdf"),
        ("scan.PNG", PNG, "image/png"),
        ("scan.jpeg", JPEG, "image/jpeg"),
        ("list.csv", "a,b\r\n1,é\r\n".encode(), "text/csv"),
        ("note.txt", b"\xef\xbb\xbfplain", "text/plain"),
        ("no-ending", PDF + b"1", "application/pdf"),
        ("decree.html", PDF + b"2", "application/pdf"),
        ("polyglot.png", PNG + PAGE, "image/png"),
        ("page.txt", PAGE, "text/plain"),
    ],
)
async def test_the_content_decides_the_type(
    owner: Visitor,
    database: Database,
    instrument: UUID,
    settings: Settings,
    name: str,
    content: bytes,
    kind: str,
) -> None:
    answer = await upload(owner, instrument, name, content)
    assert answer.status_code == 303, answer.text
    (file,) = await kept(database, instrument)
    assert (file.media_type, file.size, file.sha256) == (kind, len(content), sha256(content).hexdigest())
    assert stored(settings, content).read_bytes() == content
    assert stored(settings, content).stat().st_mode & 0o111 == 0
    assert leftovers(settings) == []


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.pdf", b"", "empty"),
        ("decree.pdf", ZIP, "no PDF"),
        ("decree.txt", ZIP, "plain text in UTF-8"),
        ("image.png", PAGE, "no PDF"),
        ("page.html", PAGE, "no PDF"),
        ("run.sh", b"#!/bin/sh\nid\n", "no PDF"),
        ("shapes.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PDF"),
        ("late.pdf", b" " + PDF, "no PDF"),
        ("latin.txt", "ministère".encode("latin-1"), "plain text in UTF-8"),
        ("half.csv", "é".encode()[:1], "plain text in UTF-8"),
        ("nul.csv", b"a,b\n" * 30_000 + b"\x00", "plain text in UTF-8"),
        ("utf16.txt", "plain".encode("utf-16"), "plain text in UTF-8"),
        ("", PDF, "Choose a file"),
    ],
)
async def test_what_is_not_taken_is_refused_beside_the_field(
    owner: Visitor,
    database: Database,
    instrument: UUID,
    settings: Settings,
    name: str,
    content: bytes,
    why: str,
) -> None:
    content = content if name else b""
    answer = await upload(owner, instrument, name, content, title="What I typed")
    assert answer.status_code == 422
    assert why in answer.text
    assert "What I typed" in answer.text
    assert await kept(database, instrument) == []
    assert not stored(settings, content).exists()
    assert leftovers(settings) == []


async def test_twenty_megabytes_and_not_one_byte_more(
    owner: Visitor, database: Database, instrument: UUID, settings: Settings
) -> None:
    largest = PDF + b" " * (20 * MB - len(PDF))
    assert (await upload(owner, instrument, "large.pdf", largest)).status_code == 303
    answer = await upload(owner, instrument, "larger.pdf", largest + b" ")
    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.text
    assert [file.size for file in await kept(database, instrument)] == [20 * MB]
    assert leftovers(settings) == []


async def test_far_too_large_is_not_even_read(owner: Visitor, instrument: UUID, settings: Settings) -> None:
    answer = await upload(owner, instrument, "huge.pdf", PDF + b" " * (80 * MB))
    assert answer.status_code == 413
    assert leftovers(settings) == []


async def test_other_forms_keep_their_small_limit(owner: Visitor) -> None:
    answer = await owner.submit("/en/o/health-xaa/instruments/new", {"title": "a" * (3 * MB)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/cron.d/evil.pdf",
        "..\\..\\evil.pdf",
        "/etc/passwd.pdf",
        "a" * 3000 + ".pdf",
        "\u202egnp.pdf",
        "<script>alert(1)</script>.pdf",
        'quo"te.pdf',
        ".pdf",
        "CON.pdf",
    ],
)
async def test_a_name_is_only_a_name(
    owner: Visitor, database: Database, instrument: UUID, settings: Settings, name: str
) -> None:
    before = set(settings.data_dir.rglob("*"))  # other tests of this process have left files of theirs
    # A file is kept under the sum of its content: no other test uploads this one.
    answer = await upload(owner, instrument, name, PDF + b"\n%" + name.encode())
    assert answer.status_code == 303
    (file,) = await kept(database, instrument)
    assert file.title
    assert not set("/\\\u202e") & set(file.title)
    added = [p for p in settings.data_dir.rglob("*") if p.is_file() and p not in before]
    assert added == [settings.data_dir / "attachments" / file.sha256[:2] / file.sha256]
    page = await owner.get(f"/en/o/health-xaa/instruments/{instrument}")
    assert "<script>alert" not in page.text
    there = await owner.get(f"/en/o/health-xaa/attachments/{file.id}")
    disposition = there.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="')
    assert disposition.endswith(f'{file.sha256[:8]}.pdf"')


async def test_a_file_is_handed_over_and_never_shown(
    owner: Visitor, database: Database, instrument: UUID
) -> None:
    content = PNG + PAGE
    await upload(owner, instrument, "polyglot.png", content, title="Scan")
    (file,) = await kept(database, instrument)
    answer = await owner.get(f"/en/o/health-xaa/attachments/{file.id}")
    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == f'attachment; filename="scan-{file.sha256[:8]}.png"'
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_text_is_told_as_utf_8(owner: Visitor, database: Database, instrument: UUID) -> None:
    await upload(owner, instrument, "page.txt", PAGE)
    (file,) = await kept(database, instrument)
    answer = await owner.get(f"/en/o/health-xaa/attachments/{file.id}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_quota_holds(
    app: App,
    owner: Visitor,
    database: Database,
    instrument: UUID,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renderer = app.litestar.state.renderer
    small = replace(renderer, settings=replace(settings, attachment_quota_mb=1))
    monkeypatch.setitem(app.litestar.state._state, "renderer", small)
    half = PDF + b"q" * (MB // 2)
    assert (await upload(owner, instrument, "a.pdf", half)).status_code == 303
    answer = await upload(owner, instrument, "b.pdf", half)
    assert answer.status_code == 422
    assert "may keep 1 MB of files" in answer.text
    assert len(await kept(database, instrument)) == 1
    assert leftovers(settings) == []


async def test_two_uploads_at_once_do_not_pass_the_quota_together(own_world: World, tmp_path: Path) -> None:
    """On real connections: whoever comes second sees what the first has stored."""
    database = Database(own_world.engine)
    who = await personas.actor(database, personas.OWNER)
    made = await factories.instrument(database, who)
    other = await factories.instrument(database, who)
    sizes = [PDF + letter * (MB // 2) for letter in (b"a", b"b")]
    outcomes = await asyncio.gather(
        *(
            factories.attached(database, who, of, tmp_path, content=content)
            for of, content in zip((made, other), sizes, strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(o).__name__ for o in outcomes) == ["Invalid", "UUID"]
    assert len(list(Store(tmp_path).names())) == 1


async def test_the_same_bytes_at_once_are_stored_once(own_world: World, tmp_path: Path) -> None:
    database = Database(own_world.engine)
    organisations = ((personas.OWNER, "XAA"), (personas.OUTSIDER, "XAB"))
    actors = [(await personas.actor(database, p), code) for p, code in organisations]
    made = [(who, await factories.instrument(database, who, code)) for who, code in actors]
    await asyncio.gather(*(factories.attached(database, who, of, tmp_path) for who, of in made))
    async with database.read() as db:
        (stored_file,) = (await db.execute(select(StoredFile))).scalars().all()
    assert stored_file.holders == 2
    assert list(Store(tmp_path).names()) == [stored_file.sha256]


async def test_the_page_tells_the_quota(
    owner: Visitor, database: Database, instrument: UUID, settings: Settings
) -> None:
    who = await personas.actor(database, personas.OWNER)
    quota = settings.attachment_quota_mb
    assert quota == 500
    await factories.attached(database, who, instrument, settings.data_dir)
    assert f"of {quota} MB" in (await owner.get("/en/o/health-xaa/instruments")).text


@pytest.mark.parametrize("cut", [20, 200, -10])
async def test_a_broken_form_leaves_nothing(
    owner: Visitor, instrument: UUID, settings: Settings, cut: int
) -> None:
    request = owner.build_request(
        "POST",
        f"/en/o/health-xaa/instruments/{instrument}/attachments",
        data={"csrf_token": owner.csrf_token},
        files={"attach-file": ("a.pdf", PDF * 20)},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    body = await request.aread()
    answer = await owner.post(
        request.url.path,
        content=body[:cut],
        headers={"Content-Type": request.headers["content-type"], "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert leftovers(settings) == []


async def test_a_form_of_another_session_leaves_nothing(
    owner: Visitor, database: Database, instrument: UUID, settings: Settings
) -> None:
    owner.csrf_token = "0" * 64
    assert (await upload(owner, instrument, "a.pdf", PDF)).status_code == 403
    assert await kept(database, instrument) == []
    assert leftovers(settings) == []


async def test_many_or_long_fields_are_refused(owner: Visitor, instrument: UUID, settings: Settings) -> None:
    path = f"/en/o/health-xaa/instruments/{instrument}/attachments"
    many = [("attach-file", (f"{n}.pdf", PDF)) for n in range(2)]
    assert (await owner.submit(path, files=many)).status_code == 400
    some = [(f"file-{n}", (f"{n}.pdf", PDF)) for n in range(30)]
    assert (await owner.submit(path, files=some)).status_code == 400
    long = {"attach-title": "t" * 100_000}
    assert (await owner.submit(path, long, files={"attach-file": ("a.pdf", PDF)})).status_code == 413
    assert leftovers(settings) == []


async def test_a_viewer_reads_and_does_not_attach(
    viewer: Visitor, database: Database, instrument: UUID, settings: Settings
) -> None:
    who = await personas.actor(database, personas.OWNER)
    file = await factories.attached(database, who, instrument, settings.data_dir)
    assert (await viewer.get(f"/en/o/health-xaa/attachments/{file}")).content == PDF
    assert (await upload(viewer, instrument, "a.pdf", PDF)).status_code == 403
