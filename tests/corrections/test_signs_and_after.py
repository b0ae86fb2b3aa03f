"""A report that may tell of a person, and what becomes of one that was accepted."""

import pytest

from tests import factories, personas
from tests.corrections.reports import FORM, answer_path, new_path, revision_of
from tests.entries.cells import FRESH, cell_path
from tests.pages import html
from tests.personas import OWNER, TEAMMATE, Visitor
from tracker.corrections.marks import shows_signs
from tracker.db.session import Database
from tracker.kit.vocabulary import Domain, RevisionKind

WORK = "/en/o/health-xaa/work"
ITEM = "Accepted reports that wait for a correction"
LIFE = "My sister was taken there. They took my passport and nobody helped."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (LIFE, True),
        ("J'ai été vendue et on m'a pris mon passeport.", True),
        ("Mi hermana trabajaba allí y me quitaron el pasaporte.", True),
        ("اختي كانت هناك وساعدوني", True),
        ("Call +1 202-555-0143.", True),
        ("The decree was repealed last year; see article 3 of the new act.", False),
        ("Le décret a été abrogé. Voir l'article 3.", False),
        ("El decreto fue derogado. Véase el artículo 3.", False),
        ("I think the date is wrong: it was adopted in May.", False),
    ],
)
def test_what_is_taken_for_a_life_told(text: str, shown: bool) -> None:
    assert shows_signs(text, "https://example.org/gazette") == shown


async def test_the_receipt_says_where_help_is_and_the_text_is_never_published(
    client: Visitor, teammate: Visitor, database: Database
) -> None:
    revision = await revision_of(database)
    done = await client.submit(new_path(revision), FORM | {"text": LIFE})
    page = html.words(done.text)
    assert done.status_code == 200
    assert "This is not the place for that" in page
    assert "call the emergency number or a helpline of your country" in page
    (public,) = [link for link in html.links(done.text) if link.startswith("/en/corrections/")]
    number = int(public.rpartition("/")[2])
    marked = html.words((await teammate.get(answer_path(number))).text)
    assert "Somebody may be telling of their own life" in marked
    answered = {"decision": "accepted", "answer": "We look into the law."}
    assert (await teammate.submit(answer_path(number), answered)).status_code == 303
    told = await client.get(public)
    assert "We look into the law." in html.words(told.text)
    assert "passport" not in told.text
    assert FORM["evidence_url"] not in html.links(told.text)


async def test_an_accepted_report_waits_until_the_cell_is_corrected(
    client: Visitor, owner: Visitor, teammate: Visitor, outsider: Visitor, database: Database
) -> None:
    number = await factories.reported(database, await revision_of(database))
    link = f"/en/corrections/{number}"
    assert link in html.links((await client.get(cell_path())).text)
    assert link not in html.links((await client.get(f"{cell_path()}?as_of=2020-01-01")).text)
    assert ITEM not in html.words((await owner.get(WORK)).text)
    answered = {"decision": "accepted", "answer": "We correct it."}
    assert (await teammate.submit(answer_path(number), answered)).status_code == 303
    assert ITEM in html.words((await owner.get(WORK)).text)
    assert link in html.links((await owner.get(WORK)).text)
    assert ITEM not in html.words((await outsider.get("/en/o/health-xab/work")).text)
    assert "is not published yet" in html.words((await client.get(link)).text)
    author, reviewer = await personas.actor(database, OWNER), await personas.actor(database, TEAMMATE)
    where = await factories.cell(database, "XAA", FRESH[2], Domain.ALL)
    what = factories.content(kind=RevisionKind.CORRECTION, note="Corrected.")
    await factories.published(database, author, reviewer, where, what)
    assert ITEM not in html.words((await owner.get(WORK)).text)
    after = (await client.get(link)).text
    assert "Published after it, by the same organisation" in html.words(after)
    assert cell_path() in "".join(html.links(after))
    assert link in html.links((await client.get(cell_path())).text)
