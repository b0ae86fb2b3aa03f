"""No public address leads to a draft: a canary in every field of one is looked for everywhere."""

from io import BytesIO

from pypdf import PdfReader

from tests import factories
from tests.entries.cells import FRESH, PUBLISHED, draft_ids, drafts, entry_path
from tests.pages import html
from tests.personas import OWNER, Visitor
from tracker.db.session import Database

CANARY = "zeisig"
FIELDS = {
    name: f"{CANARY} {name}"
    for name in (
        "note",
        "scope_note",
        "owner",
        "budget",
        "search_who",
        "search_where",
        "not_applicable_reason",
        "citations-0-quote",
        "citations-0-translation",
        "citations-0-locator",
        "citations-0-new_title",
        "citations-0-new_title_original",
        "citations-0-new_issuer",
        "citations-0-new_citation",
    )
} | {"citations-0-new_url": f"https://{CANARY}.example/"}
PLACE = "jurisdictions=XAA&source=all"
THIRD = ("XAA", "hhs-core-competencies@2021", "HTCC-C6", "researcher")


def public_paths() -> list[str]:
    cells = [
        f"/en/jurisdictions/XAA/hhs-core-competencies@2021/{item}/{domain}"
        for item in ("HTCC-UC", *(f"HTCC-C{n}" for n in range(1, 7)))
        for domain in ("individual", "organization", "researcher", "educator")
    ]
    return [
        *cells,
        *(f"/en/jurisdictions/XAA/delta87-justice@2021/{i}/all" for i in ("D87J-HEALTH", "D87J-CRIM")),
        "/en",
        "/en/sign-in",
        "/en/how-to-read",
        "/en/jurisdictions",
        f"/en/jurisdictions?q={CANARY[:3]}",
        "/en/jurisdictions?data=yes",
        "/en/jurisdictions/XAA",
        "/en/jurisdictions/XAA?framework=delta87-justice",
        "/en/frameworks",
        "/en/frameworks/delta87-justice",
        "/en/crosswalks",
        "/en/crosswalks/hhs-core-competencies--delta87-justice",
        f"/en/compare?{PLACE}",
        f"/en/compare?{PLACE}&framework=delta87-justice",
        f"/en/compare.csv?{PLACE}",
        f"/en/compare.csv?{PLACE}&framework=delta87-justice",
        f"/en/compare.json?{PLACE}",
        f"/en/compare/briefing?{PLACE}",
        f"/en/compare/briefing?{PLACE}&framework=delta87-justice",
        f"/en/compare/briefing.pdf?{PLACE}",
        f"/en/compare/briefing.pdf?{PLACE}&framework=delta87-justice",
        "/health/ready",
    ]


async def told_by(visitor: Visitor, paths: list[str]) -> list[str]:
    """The paths whose answer holds the canary."""
    found = []
    for path in paths:
        answer = await visitor.get(path)
        assert answer.status_code in (200, 303), path
        text = answer.text
        if answer.headers["content-type"] == "application/pdf":
            text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        if CANARY in text.casefold() or CANARY in str(answer.headers).casefold():
            found.append(path)
    return found


async def counted(visitor: Visitor) -> list[str]:
    """What counts of a draft could show in: the length of each public page."""
    return [html.words((await visitor.get(p)).text) for p in ("/en", "/en/jurisdictions/XAA")]


async def test_a_draft_shows_in_no_state_of_its_life(
    owner: Visitor,
    teammate: Visitor,
    client: Visitor,
    outsider: Visitor,
    operator: Visitor,
    database: Database,
) -> None:
    counts = await counted(client)
    for cell, do in ((FRESH, "save"), (PUBLISHED, "submit"), (THIRD, "submit")):
        before = await draft_ids(database, OWNER)
        sent = factories.entry_form(do=do, **FIELDS)
        assert (await owner.submit(entry_path("health-xaa", cell), sent)).status_code == 303
        if cell is THIRD:
            (draft,) = await drafts(database, OWNER, before)
            returned = {"version": str(draft.version), "reason": f"{CANARY} reason"}
            await teammate.submit(f"/en/o/health-xaa/review/{draft.id}/return", returned)

    for stranger in (client, outsider, operator):
        assert await told_by(stranger, public_paths()) == []
    assert await counted(client) == counts
    for other in ("health-xab", "secretariat"):
        workspace = outsider if other == "health-xab" else operator
        pages = [f"/en/o/{other}", f"/en/o/{other}/review", "/en/account"]
        assert await told_by(workspace, pages) == []
    mine = [f"{entry_path('health-xaa', cell)}" for cell in (FRESH, PUBLISHED, THIRD)]
    assert await told_by(owner, mine) == mine, "the canary sings where it may"


async def test_once_published_it_shows_wherever_it_belongs(
    owner: Visitor, teammate: Visitor, client: Visitor, database: Database
) -> None:
    """The same search finds it then, so finding nothing above means something."""
    before = await draft_ids(database, OWNER)
    await owner.submit(entry_path("health-xaa", PUBLISHED), factories.entry_form(do="submit", **FIELDS))
    (draft,) = await drafts(database, OWNER, before)
    await teammate.submit("/en/o/health-xaa/review", {"drafts": f"{draft.id}:{draft.version}"})
    assert set(await told_by(client, public_paths())) == {
        "/en/jurisdictions/XAA/hhs-core-competencies@2021/HTCC-UC/educator",
        f"/en/compare.csv?{PLACE}",
        f"/en/compare.json?{PLACE}",
        f"/en/compare/briefing?{PLACE}",
        f"/en/compare/briefing.pdf?{PLACE}",
    }


async def test_members_and_passwords_show_on_no_public_page(client: Visitor) -> None:
    for path in public_paths():
        text = (await client.get(path)).text
        assert "@health.xaa.example" not in text
        assert "argon2" not in text
