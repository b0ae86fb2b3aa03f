"""Reading the public record as JSON."""

import pytest

from tests.personas import Visitor

LISTS = ["jurisdictions", "frameworks", "organisations", "crosswalks", "corrections", "entries"]
LISTS += ["jurisdictions/US-TX/instruments"]


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_is_told_page_by_page_without_gap_or_repeat(client: Visitor, name: str) -> None:
    whole = (await client.get(f"/api/v1/{name}?limit=500")).json()
    told: list[object] = []
    url = f"/api/v1/{name}?limit=7"
    for _page in range(30):
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        told += answer.json()["data"]
        url = answer.json()["links"].get("next", "")
        assert (f'<{url}>; rel="next"' == answer.headers.get("link", "")) == bool(url)
        if not url:
            break
    assert told == whole["data"][: len(told)]
    assert url or told == whole["data"]
