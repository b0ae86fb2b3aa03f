"""Every refusal under /api is a problem document (RFC 9457), whoever refuses; and never a page."""

import httpx
import pytest

from tests.personas import Visitor


def is_problem(answer: httpx.Response, status: int) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, object] = answer.json()
    assert told["status"] == status
    assert told["title"] and told["detail"]
    return told


NOWHERE = ["/api", "/api/", "/api/v1", "/api/v2/entries", "/api/v1/nothing", "/api/v1/entries/no-uuid"]
NOWHERE += ["/api/v1/jurisdictions/NOPE", "/api/v1/entries/00000000-0000-0000-0000-000000000000"]
NOWHERE += ["/api/v1/corrections/99999999999", "/api/v1/organisations/no-such", "/api/o/health-xaa"]


@pytest.mark.parametrize("path", NOWHERE)
async def test_what_is_not_there(client: Visitor, path: str) -> None:
    is_problem(await client.get(path), 404)


async def test_each_parameter_that_cant_be_taken_is_named(client: Visitor) -> None:
    told = is_problem(await client.get("/api/v1/compare?jurisdictions=XAA&on=never&source=loudest"), 422)
    assert [e["field"] for e in told["errors"]] == ["on", "source"]  # type: ignore[attr-defined]


async def test_a_filter_that_cant_be_taken_is_not_passed_over(client: Visitor) -> None:
    told = is_problem(await client.get("/api/v1/jurisdictions?data=true"), 422)
    assert [e["field"] for e in told["errors"]] == ["data"]  # type: ignore[attr-defined]
    assert (await client.get("/api/v1/jurisdictions?data=yes")).status_code == 200


async def test_a_parent_or_a_region_that_is_not_there_is_told(client: Visitor) -> None:
    """Passed over or empty, the answer would look like one of a place without jurisdictions."""
    told = is_problem(await client.get("/api/v1/jurisdictions?parent=QQQ&region=Nowhere"), 422)
    by_field = {e["field"]: e["message"] for e in told["errors"]}  # type: ignore[attr-defined]
    assert by_field["parent"] == "There is no jurisdiction with the code QQQ."
    assert "“Nowhere” is not known here; it can be Africa" in by_field["region"]


@pytest.mark.parametrize(
    "name", ["jurisdictions?region=Africa", "compare?jurisdictions=XAA", "matrix?jurisdictions=XAA"]
)
async def test_a_parameter_that_is_not_there_is_named_with_those_that_are(client: Visitor, name: str) -> None:
    assert (await client.get(f"/api/v1/{name}")).status_code == 200
    told = is_problem(await client.get(f"/api/v1/{name}&peers=region:Africa&foo="), 422)
    errors: list[dict[str, str]] = told["errors"]  # type: ignore[assignment]
    assert [e["field"] for e in errors] == ["peers", "foo"]
    assert all(f" {name.partition('?')[2].partition('=')[0]}" in e["message"] for e in errors)
    is_problem(
        await client.get("/api/v1/organisations/health-xaa?x=" + "&".join(f"n{i}=" for i in range(900))), 422
    )


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=x", "cursor=W10", "limit=٣"])
@pytest.mark.parametrize("name", ["jurisdictions", "entries", "frameworks"])
async def test_pages_have_bounds(client: Visitor, name: str, query: str) -> None:
    is_problem(await client.get(f"/api/v1/{name}?{query}"), 422)


async def test_a_cursor_belongs_to_its_query(client: Visitor) -> None:
    first = (await client.get("/api/v1/entries?limit=1&source=all")).json()
    cursor = httpx.URL(first["links"]["next"]).params["cursor"]
    assert (await client.get(f"/api/v1/entries?source=all&cursor={cursor}")).status_code == 200
    is_problem(await client.get(f"/api/v1/entries?source=self&cursor={cursor}"), 422)
    is_problem(await client.get(f"/api/v1/jurisdictions?cursor={cursor}"), 422)


async def test_refusals_before_the_application_are_problems_too(client: Visitor) -> None:
    is_problem(await client.get("/api/v1/entries", headers={"Host": "elsewhere.example"}), 400)
    is_problem(await client.get("/api/v1/entries?q=%00"), 400)
    is_problem(await client.request("TRACE", "/api/v1/entries"), 405)
    wrong = await client.post("/api/v1/entries")
    assert is_problem(wrong, 405)["detail"] == "The header Allow names the methods that this address takes."
    assert "GET" in wrong.headers["allow"]
