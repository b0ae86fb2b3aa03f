"""Crosswalk drafts are shown as drafts."""

from tests.pages import html
from tests.personas import Visitor


async def test_the_sets_and_their_mappings(client: Visitor) -> None:
    page = (await client.get("/en/crosswalks")).text
    links = [link for link in html.links(page) if link.startswith("/en/crosswalks/")]
    assert len(links) == len(set(links)) == 13
    assert html.words(page).count("Editorial draft") == 13
    mappings = 0
    for link in links:
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
