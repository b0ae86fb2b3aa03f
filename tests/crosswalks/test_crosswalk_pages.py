"""Crosswalk drafts are shown as drafts; the demo world's fictional one as fictional, and it passes levels on."""

from tests.pages import html
from tests.personas import Visitor


async def test_the_sets_and_their_mappings(client: Visitor) -> None:
    page = (await client.get("/en/crosswalks")).text
    links = [link for link in html.links(page) if link.startswith("/en/crosswalks/")]
    drafts = [link for link in links if "example-national-standard" not in link]
    assert len(links) == len(set(links)) == 14
    assert len(drafts) == 13
    assert html.words(page).count("Editorial draft") == 13
    mappings = 0
    for link in drafts:
        answer = await client.get(link)
        assert answer.status_code == 200
        told = html.words(answer.text)
        assert "Editorial draft" in told
        assert "draft" in told.partition("Editorial draft")[2].lower(), "the notice"
        assert "Reviewed 0 of " in told
        assert "Settled, and all of it reviewed" in told
        assert "is equal to" not in told
        rows = answer.text.count('<tr><th scope="row">') - 2  # the coverage of the two frameworks
        mappings += rows
        assert told.count("not yet checked by a second person") == rows
        assert told.count("author not stated") == rows
        assert "No item was found to have no counterpart." in told
    assert mappings == 64


async def test_an_unknown_set_is_not_found(client: Visitor) -> None:
    assert (await client.get("/en/crosswalks/nope--nope")).status_code == 404


FICTIONAL = "hhs-core-competencies--example-national-standard"


async def test_the_fictional_standard_says_so_wherever_it_stands(client: Visitor) -> None:
    for path in (
        "/en/crosswalks",
        "/en/frameworks",
        "/en/frameworks/example-national-standard",
        f"/en/crosswalks/{FICTIONAL}",
        f"/en/crosswalks/{FICTIONAL}/lens?jurisdictions=XAA",
        f"/en/compare?jurisdictions=XAA&through={FICTIONAL}",
    ):
        answer = await client.get(path)
        assert answer.status_code == 200, path
        told = html.words(answer.text)
        for name in ("Example national standard for health services", "Fire exits"):
            assert told.count(name) == told.count(f"{name} (fictional)"), path
        assert "(fictional)" in told, path


async def test_the_lens_passes_levels_on_in_the_demo_world(client: Visitor) -> None:
    told = html.words((await client.get(f"/en/crosswalks/{FICTIONAL}/lens?jurisdictions=XAA")).text)
    first, second, third, fourth = (
        told.partition(f"{label} (fictional) ENS")[2].partition("How this follows")[0]
        for label in (
            "The Universal Competency",
            "Competencies 1 and 2",
            "Competency 3 in part",
            "Competency 4 and more",
        )
    )
    assert "Adopted in full and resourced" in first
    assert "Adopted in full" in second
    assert "Adopted in full or more" in third
    assert "in part" in fourth
