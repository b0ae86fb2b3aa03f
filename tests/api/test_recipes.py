"""The Python recipe of docs/parts/api.md, run as it stands there against a served application."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.browser.site import Site
from tests.browser.site import World as SiteWorld
from tests.personas import Visitor
from tests.worlds import ON_SQLITE, World

ROOT = Path(__file__).parents[2]


def recipe(language: str) -> str:
    text = (ROOT / "docs" / "parts" / "api.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    return str(found)


def served(world: World, tmp_path: Path) -> Site:
    """`tracker serve` on a copy of the world."""
    data_dir = tmp_path / "world"
    data_dir.mkdir()
    source = sqlite3.connect(str(world.engine.url.database))
    target = sqlite3.connect(data_dir / "tracker.sqlite3")
    source.backup(target)
    source.close()
    target.close()
    folder = tmp_path / "site"
    folder.mkdir()
    return Site(SiteWorld(data_dir, {}), folder)


@ON_SQLITE
async def test_the_python_recipe_tells_every_entry(world: World, client: Visitor, tmp_path: Path) -> None:
    script = tmp_path / "recipe.py"
    script.write_text(recipe("python"), encoding="utf-8")
    with served(world, tmp_path) as site:
        done = subprocess.run(  # noqa: ASYNC221
            [sys.executable, str(script), site.url], capture_output=True, text=True, timeout=60, check=True
        )
    whole = (await client.get("/api/v1/entries?jurisdictions=XAA,XAB&source=best&limit=500")).json()["data"]
    names = ("jurisdiction", "item", "domain", "commitment", "practice")
    assert done.stdout.splitlines() == ["\t".join(entry[n] for n in names) for entry in whole]
    assert len(whole) > 20  # more than a page of the recipe
    assert all(name in recipe("r") for name in ('page$links[["next"]]', "page$data"))
