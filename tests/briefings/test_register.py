"""A register of more than twelve jurisdictions: counts in place of lists, no walls of codes."""

from tests.pages import html
from tests.personas import Visitor

# Thirteen that nobody needs to have spoken of.
MANY = "XAA,XAB,XAC,US-CT,US-FL,US-LA,US-MI,US-TX,KEN,USA,US-CA,US-NY,US-WA"
LONG = (
    MANY
    + ","
    + ",".join(
        f"US-{code}"
        for code in ("AL AK AZ AR CO DE GA HI ID IL IN IA KS KY ME MD MA MN MS MO MT NE NV NH NJ".split())
    )
)


async def document(client: Visitor, codes: str) -> dict:  # type: ignore[type-arg]
    answer = await client.get(f"/en/compare/briefing.json?jurisdictions={codes}")
    assert answer.status_code == 200, html.words(answer.text)
    return answer.json()  # type: ignore[no-any-return]


async def test_differences_are_counts_that_add_up(client: Visitor) -> None:
    made = await document(client, MANY)
    (part,) = [p for p in made["document"]["parts"] if p["anchor"] == "differences"]
    (table,) = [b for b in part["blocks"] if b["kind"] == "Table"]
    assert not [b for b in part["blocks"] if b["kind"] == "Bullets"]
    found = [[int(cell[0]["text"]) for cell in row[1:]] for row in table["rows"]]
    assert all(sum(row) == 13 for row in found)
    rows = made["comparison"]["rows"]
    for n in range(5):
        wanted = sum(row[axis] == n for row in rows for axis in ("commitment", "practice"))
        assert sum(row[n] for row in found) == wanted


async def test_a_long_address_is_a_link_with_a_short_text(client: Visitor) -> None:
    made = await document(client, LONG)
    for part in made["document"]["parts"]:
        for block in part["blocks"]:
            for run in block.get("runs", []):
                assert "US-AK,US-AZ" not in run["text"]
            for _label, value in block["rows"] if block["kind"] == "Facts" else []:
                assert all("US-AK" not in run["text"] for run in value)
