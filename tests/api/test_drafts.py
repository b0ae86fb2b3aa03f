"""Drafts read and written by programs: what was not read is not overwritten, and the form's rules hold."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests import factories, personas
from tests.api.programs import BODY, CELL, NEW, key, program
from tests.api.test_problems import is_problem
from tests.entries.cells import drafts
from tests.pages import html
from tests.personas import OWNER, Visitor
from tracker.app import LARGEST_BODY, App
from tracker.db.session import Database
from tracker.entries.principles import Stated
from tracker.kit.vocabulary import Principle
from tracker.settings import Settings


@pytest.fixture
async def client_program(app: App, database: Database, settings: Settings) -> Any:
    async with program(app, settings, await key(database, settings)) as client:
        yield client


async def made(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    answer = await client.put(CELL, json=BODY | changes, headers=NEW)
    assert answer.status_code == 201, answer.text
    return answer


async def test_a_draft_is_made_read_changed_submitted(client_program: httpx.AsyncClient) -> None:
    is_problem(await client_program.get(CELL), 404)
    first = await made(client_program)
    assert first.headers["cache-control"] == "private, no-store"
    read = await client_program.get(CELL)
    assert (read.json(), read.headers["etag"]) == (first.json(), first.headers["etag"])
    # what was read can be sent back as it is
    again = await client_program.put(
        CELL, json=read.json()["content"] | {"commitment": "3"}, headers={"If-Match": read.headers["etag"]}
    )
    assert again.status_code == 200, again.text
    content = again.json()["content"]
    assert content == read.json()["content"] | {"commitment": "3"}
    sent = await client_program.post(f"{CELL}/submit", headers={"If-Match": again.headers["etag"]})
    assert (sent.status_code, sent.json()["state"]) == (200, "submitted")


async def test_nothing_is_overwritten_unread(client_program: httpx.AsyncClient) -> None:
    first = await made(client_program)
    old = first.headers["etag"]
    newer = await client_program.put(CELL, json=BODY | {"note": "Second."}, headers={"If-Match": old})
    current = newer.headers["etag"]
    for headers in (NEW, {"If-Match": old}, {"If-Match": f"W/{current}"}, {"If-Match": '"x"'}):
        for method, path in (("PUT", CELL), ("DELETE", CELL), ("POST", f"{CELL}/submit")):
            body = {"json": BODY | {"note": "Third."}} if method == "PUT" else {}
            answer = await client_program.request(method, path, headers=headers, **body)
            if headers is NEW and method != "PUT":
                is_problem_but_private(answer, 428)
                continue
            told = is_problem_but_private(answer, 412)
            assert told["theirs"]["content"]["note"] == "Second."
            assert answer.headers["etag"] == current
            if method == "PUT":
                assert told["yours"]["note"] == "Third."
    assert (await client_program.get(CELL)).json() == newer.json()


def is_problem_but_private(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no-store" in answer.headers["cache-control"]
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize(
    "headers", [{}, {"If-Match": "*"}, {"If-Match": '"a"', "If-None-Match": "*"}], ids=str
)
async def test_a_change_says_what_was_read(
    client_program: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await made(client_program)
    for method, path in (("PUT", CELL), ("DELETE", CELL), ("POST", f"{CELL}/submit")):
        body = {"json": BODY} if method == "PUT" else {}
        is_problem(await client_program.request(method, path, headers=headers, **body), 428)


async def test_what_was_deleted_does_not_come_back_by_an_old_tag(client_program: httpx.AsyncClient) -> None:
    first = await made(client_program)
    match = {"If-Match": first.headers["etag"]}
    gone = await client_program.delete(CELL, headers=match)
    assert (gone.status_code, gone.content) == (204, b"")
    is_problem_but_private(await client_program.put(CELL, json=BODY, headers=match), 412)
    second = await made(client_program)
    assert second.headers["etag"] != first.headers["etag"]
    is_problem_but_private(await client_program.delete(CELL, headers=match), 412)


async def test_what_is_under_review_stays_as_it_is(client_program: httpx.AsyncClient) -> None:
    match = {"If-Match": (await made(client_program)).headers["etag"]}
    sent = await client_program.post(f"{CELL}/submit", headers=match)
    match = {"If-Match": sent.headers["etag"]}
    for method, path in (("PUT", CELL), ("DELETE", CELL), ("POST", f"{CELL}/submit")):
        body = {"json": BODY} if method == "PUT" else {}
        told = is_problem_but_private(await client_program.request(method, path, headers=match, **body), 409)
        assert told["state"] == "submitted"
    assert (await client_program.get(CELL)).json() == sent.json()


WRONG = {
    "commitment": [({"commitment": "5"}, "commitment"), ({"commitment": 2}, "commitment")],
    "dates": [({"valid_from": "2024-4-1"}, "valid_from"), ({"valid_to": "2020-01-01"}, "valid_to")],
    "search note": [({"commitment": "0"}, "search_who")],
    "reason": [({"practice": "not_applicable"}, "not_applicable_reason")],
    "long": [({"note": "x" * 1501}, "note")],
    "unknown": [({"lavel": "2"}, "lavel")],
    "basis": [({"basis": "guess"}, "basis")],
    "nul": [({"note": "\x00"}, "note")],
    "null": [({"note": None}, "note")],
    "kind": [({"kind": "rumour"}, "kind")],
    "citations": [
        ({"citations": "none"}, "citations"),
        ({"citations": [1]}, "citations/0"),
        ({"citations": [{"axis": "both"}]}, "citations/0/instrument"),
        ({"citations": [{"axis": "both", "instrument": "x"}]}, "citations/0/instrument"),
        ({"citations": [{"axis": "never", "new_instrument": {"kind": "other", "title": "T"}}]}, "citations/0/axis"),
        ({"citations": [{"axis": "both", "new_instrument": {"kind": "other"}}]}, "citations/0/new_instrument/title"),
        (
            {"citations": [{"axis": "both", "new_instrument": {"kind": "other", "title": "T", "url": "javascript:x"}}]},
            "citations/0/new_instrument/url",
        ),
        ({"citations": [{"axis": "both", "new_instrument": 3}]}, "citations/0/new_instrument"),
        ({"citations": [{}] * 21}, "citations"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
async def test_each_fault_is_named_and_nothing_is_saved(client_program: httpx.AsyncClient, name: str) -> None:
    for changes, field in WRONG[name]:
        content = json.dumps(BODY | changes)
        headers = NEW | {"Content-Type": "application/json"}
        told = is_problem(await client_program.put(CELL, content=content, headers=headers), 422)
        assert field in [e["field"] for e in told["errors"]]  # type: ignore[attr-defined]
    is_problem(await client_program.get(CELL), 404)


SAID = [
    {"principle": "trauma_informed", "locator": "Article 4", "how": "none", "payment": "none"},
    {
        "principle": "survivor_informed",
        "locator": "Article 9",
        "how": "Two seats on the council",
        "payment": "paid",
    },
]


async def test_what_is_said_on_the_principles_is_kept(client_program: httpx.AsyncClient) -> None:
    """Told as it is stored, sent back as it is, and kept where a body says nothing of it."""
    citation = BODY["citations"][0] | {"principles": SAID}
    first = await made(client_program, citations=[citation])
    (told,) = first.json()["content"]["citations"]
    assert told["principles"] == SAID

    async def put(before: httpx.Response, **changes: Any) -> httpx.Response:
        content = before.json()["content"]
        (held,) = content["citations"]
        sent = {name: value for name, value in (held | changes).items() if value is not None}
        headers = {"If-Match": before.headers["etag"]}
        answer = await client_program.put(CELL, json=content | {"citations": [sent]}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    same = await put(first)
    assert same.json()["content"] == first.json()["content"]
    silent = await put(same, principles=None, locator="Article 5")
    assert silent.json()["content"]["citations"] == [told | {"locator": "Article 5"}]
    none = await put(silent, principles=[])
    assert none.json()["content"]["citations"][0]["principles"] == []


async def test_a_new_draft_keeps_what_was_published_on_the_principles(
    client_program: httpx.AsyncClient, database: Database, client: Visitor
) -> None:
    author, reviewer = [await personas.actor(database, p) for p in (personas.OWNER, personas.TEAMMATE)]
    said = (Stated(Principle.PEOPLE_AT_RISK, "Article 2"),)
    cited = factories.content(citations=(replace(factories.CITATION, principles=said),))
    revision = await factories.published(database, author, reviewer, await factories.cell(database), cited)
    published = (await client.get(f"/api/v1/entries/{revision.uid}")).json()["citations"][0]
    assert [s["principle"] for s in published["principles"]] == ["people_at_risk"]
    sent = {"axis": "commitment", "instrument": published["instrument"], "locator": "Article 3"}
    answer = await made(client_program, citations=[sent])
    assert answer.json()["content"]["citations"][0]["principles"] == published["principles"]


WRONG_PRINCIPLES: list[tuple[Any, str]] = [
    ("none", ""),
    ([1], "/0"),
    ([{"principle": "kindness", "locator": "Article 1"}], "/0/principle"),
    ([{"principle": "trauma_informed"}], "/0/locator"),
    ([{"principle": "trauma_informed", "locator": "none"}], "/0/locator"),
    ([{"principle": "trauma_informed", "locator": "x" * 201}], "/trauma_informed/locator"),
    ([{"principle": "trauma_informed", "locator": "4", "how": "So"}], "/0/how"),
    ([{"principle": "trauma_informed", "locator": "4", "payment": "paid"}], "/0/payment"),
    ([{"principle": "survivor_informed", "locator": "4", "payment": "much"}], "/survivor_informed/payment"),
    ([{"principle": "trauma_informed", "locator": 4}], "/0/locator"),
    ([{"principle": "trauma_informed", "locator": "4", "page": "1"}], "/0/page"),
    ([SAID[0], SAID[0]], ""),
]


@pytest.mark.parametrize(("sent", "at"), WRONG_PRINCIPLES, ids=str)
async def test_faults_of_principles_are_named(client_program: httpx.AsyncClient, sent: Any, at: str) -> None:
    citation = BODY["citations"][0] | {"principles": sent}
    answer = await client_program.put(CELL, json=BODY | {"citations": [citation]}, headers=NEW)
    told = is_problem(answer, 422)
    assert f"citations/0/principles{at}" in [e["field"] for e in told["errors"]]  # type: ignore[attr-defined]
    is_problem(await client_program.get(CELL), 404)


HALVES = [
    '{"note": "\\ud800"}',
    '{"a\\udfff": "1"}',
    '{"citations": [{"\\ud800": 1}]}',
    '{"citations": ["\\udc00"]}',
]


@pytest.mark.parametrize("content", HALVES)
async def test_half_of_a_character_is_no_text(client_program: httpx.AsyncClient, content: str) -> None:
    """Neither new, nor where the answer would tell what was sent."""
    whole = json.dumps(BODY)[:-1] + ", " + content[1:]
    for headers in (NEW, {"If-Match": '"x"'}):
        json_ = headers | {"Content-Type": "application/json"}
        is_problem(await client_program.put(CELL, content=whole, headers=json_), 400)
    is_problem(await client_program.get(CELL), 404)
    pair = await client_program.put(CELL, json=BODY | {"note": "\U0001f600"}, headers=NEW)
    assert pair.json()["content"]["note"] == "\U0001f600", "a whole pair is a character"


async def test_both_levels_must_be_said(client_program: httpx.AsyncClient) -> None:
    told = is_problem(await client_program.put(CELL, json={}, headers=NEW), 422)
    assert [e["field"] for e in told["errors"]] == ["commitment", "practice"]  # type: ignore[attr-defined]


async def test_a_draft_that_says_nothing_is_not_submitted(client_program: httpx.AsyncClient) -> None:
    missing = {"commitment": "not_assessed", "practice": "not_assessed"}
    first = await client_program.put(CELL, json=missing, headers=NEW)
    match = {"If-Match": first.headers["etag"]}
    told = is_problem(await client_program.post(f"{CELL}/submit", headers=match), 422)
    assert told["errors"][0]["field"] == "commitment"  # type: ignore[index]


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no json": (b"{", 400),
    "a list": (b"[]", 400),
    "deep": (b'{"note":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "bad utf-8": (b'{"note": "\xff\xfe"}', 400),
    "utf-16": ('{"note": "x"}'.encode("utf-16"), 400),
    "nan": (b'{"note": NaN}', 400),
    "huge number": (b'{"note": ' + b"9" * 100_000 + b"}", 400),
    "too large": (b'{"note": "' + b"x" * LARGEST_BODY + b'"}', 413),
}


@pytest.mark.parametrize("name", BODIES)
async def test_bodies_that_are_none(client_program: httpx.AsyncClient, name: str) -> None:
    body, status = BODIES[name]
    headers = NEW | {"Content-Type": "application/json"}
    is_problem(await client_program.put(CELL, content=body, headers=headers), status)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_only_json_is_taken(client_program: httpx.AsyncClient, kind: str) -> None:
    headers = NEW | {"Content-Type": kind}
    is_problem(await client_program.put(CELL, content=json.dumps(BODY), headers=headers), 415)


ELSEWHERE = [
    CELL.replace("XAA/", "XAB/"),
    CELL.replace("XAA/", "NOPE/"),
    CELL.replace("HTCC-UC", "NOPE"),
    CELL.replace("educator", "all"),
    CELL.replace("hhs-core-competencies", "nope"),
]


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_what_is_no_cell_of_the_organisation_is_not_there(
    client_program: httpx.AsyncClient, path: str
) -> None:
    is_problem(await client_program.get(path), 404)
    is_problem(await client_program.put(path, json=BODY, headers=NEW), 404)


async def test_the_list_has_the_drafts_and_their_tags(
    client_program: httpx.AsyncClient, database: Database
) -> None:
    first = await made(client_program)
    url, told = "/api/v1/organisations/health-xaa/entries?limit=2", []
    while url:
        answer = await client_program.get(url)
        told += answer.json()["data"]
        url = answer.json()["links"].get("next", "")
    assert sorted(d["draft"] for d in told) == sorted(str(d.id) for d in await drafts(database, OWNER))
    assert first.json() | {"etag": first.headers["etag"]} in told
    again = await client_program.get(answer.request.url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_a_member_sees_which_program_wrote(client_program: httpx.AsyncClient, owner: Visitor) -> None:
    match = {"If-Match": (await made(client_program)).headers["etag"]}
    sent = await client_program.post(f"{CELL}/submit", headers=match)
    page = await owner.get(f"/en/o/health-xaa/review/{sent.json()['draft']}")
    assert "Submitted by the program with the token “A program”" in html.words(page.text)
    assert "the program with the token “A program”" in html.words(
        (await owner.get("/en/o/health-xaa/review")).text
    )


async def test_a_code_that_cannot_be_taken_is_told_with_those_that_can(
    client_program: httpx.AsyncClient,
) -> None:
    citation = {"axis": "paper", "instrument": "00000000-0000-4000-8000-000000000000", "locator": "Article 4"}
    sent = BODY | {"commitment": "9", "basis": "hearsay", "citations": [citation]}
    told = is_problem(await client_program.put(CELL, json=sent, headers=NEW), 422)
    by_field = {e["field"]: e["message"] for e in told["errors"]}  # type: ignore[attr-defined]
    assert "“9” is not known here; it can be 0, 1, 2, 3, 4, " in by_field["commitment"]
    assert by_field["basis"] == "“hearsay” is not known here; it can be by_name, equivalent."
    assert by_field["citations/0/axis"] == "“paper” is not known here; it can be commitment, practice, both."
    assert by_field["citations/0/instrument"].startswith("There is no such instrument")
    assert "Not a valid choice" not in str(by_field)
