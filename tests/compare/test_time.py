"""One cell over time: each step is what compare answers for that day."""

import re

import pytest

from tests.pages import html
from tests.personas import Visitor

TIME = "/en/compare/time"
WORDS = {
    "0": "None found",
    "1": "Proposed",
    "2": "Adopted in part",
    "3": "Adopted in full",
    "4": "Adopted in full and resourced",
}


def steps(page: str) -> list[list[str]]:
    table = page.partition('<table class="told">')[2].partition("</table>")[0]
    return [
        [html.words(c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)[1:]
    ]


async def test_each_step_is_what_compare_answers_for_its_day(client: Visitor) -> None:
    page = (await client.get(f"{TIME}?jurisdictions=XAA,XAB,XAC,KEN&items=HTCC-C2&domains=individual")).text
    told = steps(page)
    assert {row[0] for row in told} == {"Quillmere", "Solvante", "Lumbrava", "Kenya"}
    assert len({row[1] for row in told}) > 2, "something changed over time"
    for name, day, word in told:
        code = {"Quillmere": "XAA", "Solvante": "XAB", "Lumbrava": "XAC", "Kenya": "KEN"}[name]
        address = f"/en/compare.csv?jurisdictions={code}&items=HTCC-C2&domains=individual&on={day}"
        level = (await client.get(address)).text.splitlines()[1].split(",")
        said = next(c for c in level if c in WORDS or c in ("not_assessed", "inconclusive", "withheld"))
        assert WORDS.get(said, said.replace("_", " ").capitalize()) == word, (name, day)
    assert page.count('<svg class="chart"') == page.count('<li><svg class="chart"') == 4, "one for each"
    assert [r[2] for r in told if r[0] == "Kenya"] == ["Not assessed"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Choose jurisdictions on the compare page first."),
        ("jurisdictions=XAA&items=HTCC-UC,HTCC-C1", "one item is shown"),
        ("jurisdictions=XAA&source=all", "one voice"),
        ("jurisdictions=NOPE", "no jurisdiction"),
        (
            "jurisdictions="
            + ",".join(
                f"US-{c}"
                for c in "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO".split()
            ),
            "24 jurisdictions",
        ),
    ],
)
async def test_what_it_cannot_show_it_refuses(client: Visitor, query: str, told: str) -> None:
    answer = await client.get(f"{TIME}?{query}")
    assert answer.status_code == 422
    assert told in html.words(answer.text)
