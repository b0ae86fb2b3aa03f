"""What the commands share: the database, the query's flags, files written whole."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy.exc import DBAPIError

from tracker import settings as settings_module
from tracker.compare.query import PARAMETERS, Query, parse
from tracker.db import registry
from tracker.db.engine import create_engine
from tracker.db.session import Database
from tracker.kit.errors import Refused
from tracker.settings import Settings, SettingsError


def load_settings() -> Settings:
    try:
        return settings_module.load()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def with_database(work: Callable[[Database, Settings], Awaitable[Any]], *, as_owner: bool = False) -> Any:
    """Run `work` on the configured database and close it; refusals become plain messages."""
    settings = load_settings()
    registry.load()

    async def run() -> Any:
        url = settings.migration_database_url if as_owner else settings.database_url
        database = Database(create_engine(url))
        try:
            return await work(database, settings)
        finally:
            await database.dispose()

    try:
        return asyncio.run(run())
    except Refused as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        why = str(error.orig).strip().partition("\n")[0]
        hint = "if it has no schema yet, run tracker migrate; tracker doctor tells more"
        raise click.ClickException(f"the database answered: {why} ({hint})") from error


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The query parameters of the pages, as flags."""
    for name in reversed(PARAMETERS):
        flag = f"--{name.replace('_', '-')}"
        command = click.option(flag, name, default="", help=_FLAG_HELP[name])(command)
    return command


_FLAG_HELP = {
    "jurisdictions": "Codes, separated by commas, such as US-CT,US-FL.",
    "framework": "key or key@version; the core competencies if absent.",
    "items": "Item keys, separated by commas; all if absent.",
    "domains": "Domains, separated by commas; all if absent.",
    "axis": "commitment, practice or both.",
    "basis": "by_name or equivalent; either if absent.",
    "on": "The day that is asked about, such as 2026-03-31.",
    "as_of": "What had been published by this day or moment.",
    "source": "self, independent, best or all.",
    "show": "all, differences, gaps or unknown.",
    "through": "A crosswalk to read through.",
    "layout": "by_domain or together, swapped, regions; for pages.",
    "principle": "Only columns in which a cited instrument says so: trauma_informed, survivor_informed, ...",
}


def query_of(parameters: dict[str, str]) -> Query:
    query = parse(parameters)
    if not query.jurisdictions:
        raise click.UsageError("name the jurisdictions: --jurisdictions US-CT,US-FL")
    return query


def write(out: str, content: bytes) -> None:
    with replaced(out) as file:
        file.write(content)


@contextmanager
def replaced(out: str) -> Iterator[BinaryIO]:
    """The whole file or none of it: an interrupted write leaves what was there before."""
    path = Path(out)
    unfinished = path.with_name(f".{path.name}.partial")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(path)
    except OSError as error:
        raise click.ClickException(f"{out} can't be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
