"""A comparison read through a crosswalk as files: the rows of its long CSV, and what says that they are inferred."""

from collections.abc import Iterator

from tracker.compare.canonical import canonical_json
from tracker.compare.json_file import FORMAT, at_of, typed
from tracker.compare.query import Query
from tracker.compare.workbook import Told, codes, read_me, workbook_of
from tracker.crosswalks.lens_files import LABEL
from tracker.crosswalks.reading import Reading
from tracker.crosswalks.through import CONFLICT, NOTHING, RANGE, long_csv, long_rows
from tracker.kit.i18n import gettext as _


def write(reading: Reading, query: Query, kind: str, base_url: str, locale: str = "en") -> bytes:
    """The file of `kind` csv, json or xlsx. `query` as it was asked; `reading` must be of both axes.

    A workbook takes seconds for thousands of rows, so call it off the event loop. Raises Invalid for too many.
    """
    if kind == "json":
        return _json(reading, query, base_url, locale)
    if kind == "xlsx":
        rows = list(long_rows(reading, base_url, locale))
        return workbook_of(rows, [*_told(reading), *read_me(reading.comparison, base_url), *codes()])
    return long_csv(reading, base_url, locale).encode()


def name_of(reading: Reading) -> str:
    """What a file of the reading is called after."""
    return f"{reading.target.key}-through-{reading.crosswalk.key}"


def _json(reading: Reading, query: Query, base_url: str, locale: str) -> bytes:
    target, crosswalk = reading.target, reading.crosswalk
    return canonical_json(
        {
            "format": FORMAT,
            "label": LABEL,
            "query": query.parameters(),
            "at": at_of(reading.comparison),
            "framework": {
                "key": target.key,
                "version": target.version,
                "title": target.title,
                "licence": target.licence,
            },
            "through": {
                "key": crosswalk.key,
                "version": crosswalk.version,
                "state": crosswalk.state,
                "licence": crosswalk.licence,
                "source": crosswalk.source_name,
                "target": crosswalk.target_name,
            },
            "rows": typed(long_rows(reading, base_url, locale)),
        }
    )


def _told(reading: Reading) -> Iterator[Told]:
    target, crosswalk = reading.target, reading.crosswalk
    yield (
        _("Inferred, not reported"),
        _("Every row: what must hold of the target, by what was reported under the source."),
    )
    yield _("Read through"), f"{crosswalk.title} ({crosswalk.key}@{crosswalk.version}, {crosswalk.state})"
    yield _("Target"), f"{target.title} ({target.name})"
    yield RANGE, _("More than one level is possible; the column “sources” has the interval.")
    yield CONFLICT, _("The mappings, or what was reported, contradict each other.")
    yield NOTHING, _("Any level is possible.")
