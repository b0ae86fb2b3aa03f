"""Freezing: the same state gives the same snapshot, on both databases, and later publications leave it alone."""

import json

from tests.pages import html
from tests.personas import Visitor
from tests.snapshots.frozen import FICTIONAL, freeze
from tracker.db.session import Database


async def test_it_is_frozen_and_stands(database: Database) -> None:
    made = await freeze(database, jurisdictions=FICTIONAL, source="all")
    assert made.stands
    assert json.loads(made.canonical)["format"] == 1
    assert (await freeze(database, jurisdictions=FICTIONAL, source="all")).id == made.id


async def test_from_the_button_to_the_page(client: Visitor) -> None:
    page = await client.get("/en/compare?jurisdictions=XAA,US-TX")
    form = html.form(page.text, "Freeze and cite")
    answer = await client.submit(form.action, form.fields)
    assert answer.status_code == 303, html.words(answer.text)
    page = await client.get(answer.headers["location"])
    assert page.status_code == 200, html.words(page.text)
    print(html.words(page.text)[:3000])
    for link in html.links(page.text):
        if "/snapshots/" in link:
            a = await client.get(link)
            print(link, a.status_code, len(a.content), a.headers["content-type"])
