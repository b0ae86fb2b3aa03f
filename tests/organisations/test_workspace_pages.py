"""The workspace of an organisation: what it speaks of and what waits."""

import pytest

from tests.pages import html
from tests.personas import Visitor


async def test_one_membership_leads_straight_to_its_workspace(owner: Visitor) -> None:
    answer = await owner.get("/en/o")
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/o/health-xaa")


async def test_it_counts_what_is_published_and_under_way(owner: Visitor) -> None:
    told = html.words((await owner.get("/en/o/health-xaa")).text)
    assert "Your role: Contributor" in told
    assert "1 entry waits for review" in told
    # code, mandate, then published, draft, submitted, notified, returned
    assert "Quillmere Fictional Steward 28 1 1 0 1" in told
    assert "No budget is named and the report does not show general use." in told


async def test_an_assessor_sees_its_states_and_what_it_may_do(ngo: Visitor) -> None:
    page = (await ngo.get("/en/o/open-care-watch")).text
    told = html.words(page)
    (compare,) = [link for link in html.links(page) if link.startswith("/en/compare?")]
    assert set(compare.partition("=")[2].split(",")) >= {"US-CT", "US-FL", "US-LA", "US-MI", "US-TX", "XAB"}
    assert (await ngo.get(compare)).status_code == 200
    for state in ("Connecticut", "Florida", "Louisiana", "Michigan", "Texas"):
        assert f"{state} Assessor" in told
    grid = html.words((await ngo.get("/en/o/open-care-watch/jurisdictions/XAB")).text)
    assert "You assess this jurisdiction independently." in grid
    assert "has a steward, who must be notified and may reply before an assessment is published" in grid
    free = html.words((await ngo.get("/en/o/open-care-watch/jurisdictions/US-CT")).text)
    assert "must be notified" not in free


async def test_an_operator_without_mandates_is_told_so(operator: Visitor) -> None:
    told = html.words((await operator.get("/en/o/secretariat")).text)
    assert "Your organisation has no mandate yet." in told
    assert "Quillmere" not in told


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("US-TX", None),
        (" us-tx ", None),
        ("US-CA", "Your organisation has no mandate for California."),
        ("nowhere", "There is no jurisdiction with the code “nowhere”."),
        ("", "There is no jurisdiction with the code “”."),
        ("<b>" * 30, "There is no jurisdiction with the code"),
    ],
)
async def test_another_jurisdiction_is_opened_by_its_code(ngo: Visitor, code: str, told: str | None) -> None:
    answer = await ngo.get("/en/o/open-care-watch/open", params={"code": code})
    assert answer.status_code == 303
    if told is None:
        assert answer.headers["location"] == "/en/o/open-care-watch/jurisdictions/US-TX"
    else:
        assert answer.headers["location"] == "/en/o/open-care-watch"
        page = await ngo.get("/en/o/open-care-watch")
        assert f"Problem: {told}" in html.words(page.text)
        assert "<b><b>" not in page.text


async def test_a_mandate_covers_what_lies_below_but_not_where_a_nearer_steward_is(
    ngo: Visitor, owner: Visitor
) -> None:
    """The assessor of Quillmere may assess its health system; its ministry is silent there, for that has its own."""
    assert (await ngo.get("/en/o/open-care-watch/jurisdictions/XAA.NVH")).status_code == 200
    assert (await owner.get("/en/o/health-xaa/jurisdictions/XAA.NVH")).status_code == 404


async def test_outsiders_cannot_tell_whether_an_organisation_exists(owner: Visitor, client: Visitor) -> None:
    theirs, nobodys = await owner.get("/en/o/health-xab"), await owner.get("/en/o/no-such-one")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text == nobodys.text
    assert (await client.get("/en/o/health-xab")).status_code == 303
