"""The comparisons that the site as files holds: of all jurisdictions with data, for each framework."""

from dataclasses import dataclass

from tracker.compare.query import parse
from tracker.db.session import Database
from tracker.frameworks import queries as frameworks
from tracker.kit import clock
from tracker.opendata import queries
from tracker.web.urls import Urls

# Jurisdictions on one page: what a browser still scrolls through with ease.
MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Compared:
    """All items of a framework, for all jurisdictions with data or so many of them: from `first` to `last`, by code.

    `path` is that of the page, `query` as the page itself states it; `folder` of its files.
    """

    path: str
    query: str
    folder: str
    framework: str
    title: str
    first: str
    last: str
    count: int

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}"


async def comparisons(database: Database, urls: Urls, locale: str) -> list[Compared]:
    """The comparisons of all items of each framework in which anybody has published."""
    async with database.read() as db:
        spoken = await queries.spoken_of(db, clock.now())
        titles = {f.name: f.title for f in await frameworks.frameworks(db)}
    found, path = [], urls.path("compare", locale)
    for name, codes in sorted(spoken.items()):
        ordered = sorted(codes)
        for n, begin in enumerate(range(0, len(ordered), MOST_COMPARED), 1):
            some = ordered[begin : begin + MOST_COMPARED]
            query = parse({"framework": name, "jurisdictions": ",".join(some)}).url()
            folder = f"{path.strip('/')}/{name}" + (f"/{n}" if n > 1 else "")
            found.append(Compared(path, query, folder, name, titles[name], some[0], some[-1], len(some)))
    return found
