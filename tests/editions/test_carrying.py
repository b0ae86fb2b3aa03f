"""What the next edition takes over of the words of the one before, and what it only offers."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import factories, personas
from tests.editions import made
from tests.editions.test_composer import select
from tests.editions.test_editions import edit
from tests.editions.test_renewal import day_passes, lines, take_in_hand
from tests.editions.test_story import ORG, act
from tests.personas import Visitor
from tracker.access.actor import OrganisationActor
from tracker.db.session import Database
from tracker.editions import compose_views, service, subscription_service
from tracker.editions.content import Chosen, Content, EditionLine
from tracker.editions.models import Edition
from tracker.kit import clock
from tracker.kit.errors import Conflict
from tracker.mail.digest_service import subjects
from tracker.mail.models import MailKind
from tracker.privacy import service as privacy
from tracker.snapshots import service as snapshots
from tracker.worklist import queries as worklist

CELL, OTHER = "XAA/HTCC-C4/educator", "XAB/HTCC-C1/individual"
# When XAA says something else of C4, the rules say the same of gaps, and something else of coverage.
COVERAGE, GAPS = "Much is known of both.", "The gaps are plain to see."
OWN = f"All 4 teachers of 1,977 count. [{CELL}]"
STILL = f"Nothing moved here. [{OTHER}]"
WORDED = replace(
    made.CONTENT,
    messages=(
        Chosen("gaps", GAPS),
        Chosen("", OWN),
        Chosen("", STILL),
        Chosen("coverage", COVERAGE),
    ),
)


@pytest.fixture
async def author(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.OWNER)


@pytest.fixture
async def reviewer(database: Database) -> OrganisationActor:
    return await personas.actor(database, personas.TEAMMATE)


async def worded(database: Database, who: OrganisationActor, content: Content = WORDED) -> Edition:
    """A first edition with words of A. Author, of a record with one level on it."""
    reviewer = await personas.actor(database, personas.TEAMMATE)
    where = await factories.cell(database, "XAA", "HTCC-C1")
    await factories.published(database, who, reviewer, where, factories.content(commitment="3"))
    edition = await made.begun(database, who)
    line = next(n for n in await lines(database, who) if n.id == edition.id)
    await take_in_hand(database, who, line, content)
    return edition


async def more_is_known(database: Database, who: OrganisationActor, reviewer: OrganisationActor) -> None:
    where = await factories.cell(database, "XAA", "HTCC-C4")
    await factories.published(database, who, reviewer, where, factories.content(commitment="3"))


def field(page: str, name: str) -> str:
    """The part of a form about one message."""
    found = re.search(rf'<fieldset(?:(?!</fieldset>).)*name="{name}-text".*?</fieldset>', page, re.S)
    assert found, name
    return found[0]


async def second(owner: Visitor, edition: Edition) -> str:
    answer = await owner.submit(f"{ORG}/briefings/{edition.briefing_id}/next")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_what_holds_goes_on_and_what_changed_is_offered(
    owner: Visitor, database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await worded(database, author)
    await more_is_known(database, author, reviewer)
    address = await second(owner, edition)
    stored = (await made.read(database, author, await _of(database, author, 2))).content.messages
    mine = {"author": "A. Author", "author_id": author.user_id}
    assert stored == (
        Chosen("gaps", GAPS, **mine),
        Chosen("", OWN, **mine),
        Chosen("", STILL, **mine),
        Chosen("coverage"),
    )
    page = (await owner.get(f"{address}/edit")).text
    gaps, coverage = field(page, "message-gaps"), field(page, "message-coverage")
    assert f">{GAPS}</textarea>" in gaps
    assert "As in edition 1, where the rules said the same." in gaps
    assert "></textarea>" in coverage
    assert "Your wording of edition 1</strong> (by A. Author): “Much is known of both.”" in coverage
    assert (
        "What the rules say has changed since, so it was not taken over. They said then: “Cells that"
        in coverage
    )
    assert 'name="message-coverage-take"' in coverage
    assert 'name="message-gaps-take"' not in gaps
    own, still = field(page, "own-1"), field(page, "own-2")
    assert "Taken over from edition 1, to be checked." in own
    assert f"1 cell under it reads differently now: {CELL}." in own
    assert "The cells under it read as they did then." in still
    told = (await owner.get(address)).text
    assert "Your wording of edition 1</strong> (by A. Author): “Much is known of both.”" in told
    assert told.count("to be checked.") == 2
    shown = (await owner.get(f"{address}/preview")).text
    assert COVERAGE not in shown
    assert GAPS in shown


async def _of(database: Database, who: OrganisationActor, number: int) -> EditionLine:
    return next(n for n in await lines(database, who) if n.number == number)


async def test_words_that_were_offered_can_be_taken_and_keep_their_author(
    owner: Visitor,
    teammate: Visitor,
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
) -> None:
    edition = await worded(database, author)
    await more_is_known(database, author, reviewer)
    address = await second(owner, edition)
    both = await edit(
        teammate, address, **{"message-coverage-take": "yes", "message-coverage-text": "Other words."}
    )
    assert both.status_code == 422
    assert "not both" in both.text
    assert 'href="#message-coverage-take"' in both.text
    assert ">Other words.</textarea>" in both.text
    assert re.search(r'name="message-coverage-take" value="yes" checked[^>]*aria-invalid="true"', both.text)
    unticked = {"message-coverage-use": "", "message-gaps-use": "yes", "message-gaps-order": "1"}
    lost = await edit(teammate, address, **unticked, **{"message-coverage-take": "yes"})
    assert lost.status_code == 422
    assert "Tick it to have it" in lost.text
    assert (await edit(teammate, address, **{"message-coverage-take": "yes"})).status_code == 303
    stored = (await made.read(database, author, await _of(database, author, 2))).content.messages
    assert stored == (Chosen("coverage", COVERAGE, "A. Author", author.user_id),)
    page = (await owner.get(f"{address}/edit")).text
    assert "As in edition 1, though the rules say something else now." in page
    # Once somebody has changed it, what is not there was not wanted.
    assert "Your wording of edition 1" not in (await owner.get(address)).text


async def test_a_number_that_changed_or_a_cell_that_changed_is_a_fact(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    """With nothing published in between every wording goes on, and nothing is offered."""
    edition = await worded(database, author)
    address = await second(owner, edition)
    stored = (await made.read(database, author, await _of(database, author, 2))).content.messages
    assert [m.text for m in stored or ()] == [GAPS, OWN, STILL, COVERAGE]
    assert "Your wording of" not in (await owner.get(f"{address}/edit")).text


async def test_no_choice_stays_none(owner: Visitor, database: Database, author: OrganisationActor) -> None:
    edition = await made.begun(database, author)
    await second(owner, edition)
    assert (await made.read(database, author, await _of(database, author, 2))).content.messages is None


async def test_what_the_rules_say_for_the_first_time_comes_after_what_was_chosen(
    owner: Visitor, database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    parts = (*made.CONTENT.parts, "change")
    content = replace(made.CONTENT, parts=parts, messages=(Chosen("gaps", GAPS), Chosen("coverage")))
    edition = await worded(database, author, content)
    line = await _of(database, author, 1)
    await made.final(
        database, author, reviewer, (await made.read(database, author, line)).edition, sketched=True
    )
    await second(owner, edition)
    stored = (await made.read(database, author, await _of(database, author, 2))).content
    assert stored.before == 1
    assert [m.key for m in stored.messages or ()] == ["gaps", "coverage", "change"]


async def test_own_words_on_what_is_compared_no_longer_stay_behind_and_are_shown(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition = await worded(database, author)
    # An edition between them asked something else, and was given up.
    between = await second(owner, edition)
    assert (await edit(owner, between)).status_code == 303
    assert (await select(owner, between, jurisdictions="XAA, XAC", on="", as_of="")).status_code == 303
    assert (await act(owner, between, "discard")).status_code == 303
    address = await second(owner, edition)
    stored = (await made.read(database, author, await _of(database, author, 3))).content.messages
    assert STILL not in [m.text for m in stored or ()]
    for page in (address, f"{address}/edit"):
        text = (await owner.get(page)).text
        assert "Nothing moved here." in text
        assert f"They rest on {OTHER}, which is compared no longer." in text


async def test_a_renewal_takes_over_as_well_and_is_made_anew_in_its_place(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await worded(database, author)
    async with database.write(personas.bound(author)) as db:
        await subscription_service.subscribe(
            db, author, edition.briefing_id, each_quarter=False, on_change=True
        )
    start = clock.now()
    snapshots, changes = [], []
    # The second change concerns a confirmed gap, so those words don't go on any more.
    for days, item, gaps in ((1, "HTCC-C4", GAPS), (2, "HTCC-C5", "")):
        with clock.at(start + timedelta(days=days)):
            where = await factories.cell(database, "XAA", item)
            await factories.published(database, author, reviewer, where, factories.content(commitment="3"))
        with clock.at(start + timedelta(days=days, hours=12)):
            await day_passes(database)
            new, old = await lines(database, author)
            own = await made.read(database, author, new)
            snapshots.append(own.edition.snapshot_id)
            changes.append(new.changes)
            assert (new.number, old.id, new.created_at) == (2, edition.id, clock.now())
            assert [m.text for m in own.content.messages or ()] == [gaps, OWN, STILL, ""]
            assert (own.content.messages or ())[1].author == "A. Author"
    assert snapshots[0] != snapshots[1]
    assert changes == [(CELL,), (CELL, "XAA/HTCC-C5/educator")]


async def test_a_draft_that_somebody_has_changed_is_theirs(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await worded(database, author)
    async with database.write(personas.bound(author)) as db:
        await subscription_service.subscribe(
            db, author, edition.briefing_id, each_quarter=False, on_change=True
        )
    start = clock.now()
    with clock.at(start + timedelta(days=1)):
        await more_is_known(database, author, reviewer)
        await day_passes(database)
        new = (await lines(database, author))[0]
        await take_in_hand(database, author, new, replace(WORDED, question="Mine"))
    with clock.at(start + timedelta(days=2)):
        where = await factories.cell(database, "XAA", "HTCC-C5")
        await factories.published(database, author, reviewer, where, factories.content(commitment="3"))
        await day_passes(database)
    third, mine, _first = await lines(database, author)
    assert (third.number, mine.question, mine.version) == (3, "Mine", 2)


async def test_a_draft_that_somebody_changes_while_it_is_made_anew_is_theirs(
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edition = await worded(database, author)
    async with database.write(personas.bound(author)) as db:
        await subscription_service.subscribe(
            db, author, edition.briefing_id, each_quarter=False, on_change=True
        )
    start, freeze = clock.now(), snapshots.freeze
    with clock.at(start + timedelta(days=1)):
        await more_is_known(database, author, reviewer)
        await day_passes(database)
    new = (await lines(database, author))[0]
    before = (await made.read(database, author, new)).edition.snapshot_id

    async def overtaken(*given: Any, **more: Any) -> str:
        await take_in_hand(database, author, new, replace(WORDED, question="Mine"))
        return await freeze(*given, **more)

    monkeypatch.setattr(snapshots, "freeze", overtaken)
    with clock.at(start + timedelta(days=2)):
        where = await factories.cell(database, "XAA", "HTCC-C5")
        await factories.published(database, author, reviewer, where, factories.content(commitment="3"))
        await day_passes(database)
    mine, _first = await lines(database, author)
    own = await made.read(database, author, mine)
    assert (mine.question, mine.version, own.edition.snapshot_id) == ("Mine", 2, before)
    assert own.content.messages and own.content.messages[0].text == GAPS


async def test_the_numbers_of_words_are_looked_for_in_the_snapshot(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition = await worded(database, author)
    own = field((await owner.get(f"{ORG}/briefings/{edition.briefing_id}/1/edit")).text, "own-1")
    assert re.search(r"Found nowhere, so check them:</strong> (4, )?1977\.", own)
    for text, found, unfound in (
        ("Of 2 ministries 56 cells.", ["2 (", "56 ("], []),
        ("In HTCC-C4 it is 3.", [], ["4"]),
        ("Some 99.5 percent.", [], ["99.5"]),
    ):
        say = {"own-1-text": f"{text} [XAA/HTCC-C1/individual]", "own-1-order": "x"}
        page = field((await edit(owner, f"{ORG}/briefings/{edition.briefing_id}/1", **say)).text, "own-1")
        assert all(f in page for f in found), text
        missing = re.search(r"check them:</strong> ([^<]*)\.\s*<", page)
        assert (missing[1].split(", ") if missing else []) == [u for u in unfound if u != "4"], text


@pytest.mark.parametrize("text", ["0" + "9" * 5000, "1" + ",234" * 2000, "\u0663" * 5000])
async def test_a_number_of_any_length_is_looked_for(
    owner: Visitor, database: Database, author: OrganisationActor, text: str
) -> None:
    edition = await made.begun(database, author)
    answer = await edit(owner, f"{ORG}/briefings/{edition.briefing_id}/1", **{"message-coverage-text": text})
    assert answer.status_code == 422
    plain = {"0": "9" * 5000, "1": "1" + "234" * 2000}.get(text[0], "3" * 5000)
    assert f"check them:</strong> {plain}." in answer.text


async def test_each_fault_is_beside_its_field_and_leads_there(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    faulty = {
        "message-coverage-order": "first",
        "own-1-text": "All is well.",
        "own-1-order": "",
        "advice-1-text": "Do it.",
        "advice-1-grade": "orders",
    }
    answer = await edit(owner, f"{ORG}/briefings/{edition.briefing_id}/1", **faulty)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    for name in ("message-coverage-order", "own-1-text", "own-1-order", "advice-1-grade"):
        assert f'<li><a href="#{name}">' in answer.text, name
        control = re.search(rf'<(?:input|textarea|select)[^>]* id="{name}"[^>]*>', answer.text)
        assert control, name
        assert f"{name}-error" in control[0]
        assert 'aria-invalid="true"' in control[0]
        assert f'id="{name}-error"' in answer.text
    none = await edit(owner, f"{ORG}/briefings/{edition.briefing_id}/1", **{"message-coverage-use": ""})
    box = re.search(r'<li><a href="#([\w-]+)">Choose one to five', none.text)
    assert box
    assert f'id="{box[1]}"' in none.text


async def test_no_two_messages_of_the_form_have_one_place(
    owner: Visitor, database: Database, author: OrganisationActor
) -> None:
    edition = await worded(database, author)
    page = (await owner.get(f"{ORG}/briefings/{edition.briefing_id}/1/edit")).text
    places = re.findall(r'name="(?:message|own)-[\w]+-order"[^>]*value="(\d+)"', page)
    assert len(places) > 5
    assert len(set(places)) == len(places), places


async def test_what_was_redacted_does_not_come_back(
    owner: Visitor, database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await worded(database, author)
    line = await _of(database, author, 1)
    done = await made.final(
        database, author, reviewer, (await made.read(database, author, line)).edition, sketched=True
    )
    admin = await personas.actor(database, personas.ADMIN)
    async with database.write(personas.bound(admin)) as db:
        for field_of in ("message.1.text", "message.2.text", "recommendation.1.text", "question"):
            await privacy.redact(db, admin, done.uid, field_of, reason="It named a person.")
    address = await second(owner, edition)
    content = (await made.read(database, author, await _of(database, author, 2))).content
    assert [(m.key, m.text) for m in content.messages or ()] == [
        ("gaps", ""),
        ("", STILL),
        ("coverage", COVERAGE),
    ]
    assert (content.recommendations, content.question) == ((), "")
    for page in (address, f"{address}/edit", f"{address}/preview"):
        text = (await owner.get(page)).text
        assert "It named a person." not in text, page
        assert GAPS not in text, page


async def test_words_that_are_redacted_while_they_are_taken_are_not_taken(
    owner: Visitor,
    database: Database,
    author: OrganisationActor,
    reviewer: OrganisationActor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edition = await worded(database, author)
    line = await _of(database, author, 1)
    done = await made.final(
        database, author, reviewer, (await made.read(database, author, line)).edition, sketched=True
    )
    await more_is_known(database, author, reviewer)
    address = await second(owner, edition)
    admin = await personas.actor(database, personas.ADMIN)
    save = compose_views._save

    async def redacted_first(*given: Any) -> None:
        async with database.write(personas.bound(admin)) as db:
            await privacy.redact(db, admin, done.uid, "message.4.text", reason="It named a person.")
        await save(*given)

    monkeypatch.setattr(compose_views, "_save", redacted_first)
    answer = await edit(owner, address, **{"message-coverage-take": "yes", "question": "Typed."})
    assert answer.status_code == 409
    assert 'value="Typed."' in answer.text
    for text in (answer.text, (await owner.get(f"{address}/edit")).text):
        assert COVERAGE not in text
    stored = (await made.read(database, author, await _of(database, author, 2))).content.messages
    assert COVERAGE not in [m.text for m in stored or ()]


async def test_an_edition_that_changed_while_it_was_read_is_not_followed(
    database: Database, author: OrganisationActor
) -> None:
    edition = await worded(database, author)
    stale = (await made.read(database, author, edition)).edition
    await take_in_hand(database, author, await _of(database, author, 1), made.CONTENT)
    async with database.write(personas.bound(author)) as db:
        with pytest.raises(Conflict):
            await service.hold(db, stale)


async def test_a_draft_made_anew_is_told_of_again(
    database: Database, author: OrganisationActor, reviewer: OrganisationActor
) -> None:
    edition = await made.begun(database, author)
    async with database.write(personas.bound(author)) as db:
        await subscription_service.subscribe(
            db, author, edition.briefing_id, each_quarter=False, on_change=True
        )
    told, start = [], clock.now()
    for days, item in ((1, "HTCC-C4"), (2, "HTCC-C5"), (3, "")):
        with clock.at(start + timedelta(days=days)):
            if item:
                where = await factories.cell(database, "XAA", item)
                await factories.published(
                    database, author, reviewer, where, factories.content(commitment="3")
                )
            await day_passes(database)
            async with database.read(personas.bound(author)) as db:
                waits = await worklist.gather(db, author.organisation_id)
            told.append(subjects(waits)[MailKind.NEW_EDITIONS])
    assert [len(found) for found in told] == [1, 1, 1]
    assert told[0] != told[1] == told[2]
