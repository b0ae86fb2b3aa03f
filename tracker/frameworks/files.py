"""A framework from a file and into one: which format, and how large it may be."""

from pathlib import PurePath

from tracker.frameworks import case_file, case_writer, csv_file, skos_file, xlsx_file
from tracker.frameworks.queries import Framework, Lineage
from tracker.frameworks.tree import Fault, FrameworkFile, Unreadable
from tracker.kit.i18n import gettext as _

IMPORTS = ("csv", "xlsx", "case")
EXPORTS = ("csv", "xlsx", "case", "skos", "jsonld")
MOST_BYTES = 10 * 1024 * 1024
READERS = {"csv": csv_file.read, "xlsx": xlsx_file.read, "case": case_file.read}
MEDIA_TYPES = {
    "csv": ("csv", "text/csv"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "case": ("json", "application/json; charset=utf-8"),
    "skos": ("ttl", "text/turtle; charset=utf-8"),
    "jsonld": ("jsonld", "application/ld+json"),
}


def format_of(name: str) -> str:
    """The format that a file's name stands for; "" when it stands for none that is read."""
    return {".csv": "csv", ".xlsx": "xlsx", ".json": "case"}.get(PurePath(name).suffix.lower(), "")


def check_size(size: int) -> None:
    """Raises Unreadable for a file that is larger than any framework or crosswalk, before anything of it is read."""
    if size > MOST_BYTES:
        told = {"size": size // (1024 * 1024), "most": MOST_BYTES // (1024 * 1024)}
        raise Unreadable((Fault("", "", _("The file has %(size)s MB; %(most)s MB is the most.") % told),))


def read(data: bytes, kind: str) -> FrameworkFile:
    """Read a file of one of IMPORTS. Takes seconds for a large one: call it off the event loop. Raises Unreadable."""
    check_size(len(data))
    return READERS[kind](data)


def write(framework: Framework, kind: str, base_url: str, lineage: Lineage | None = None) -> bytes:
    """The framework in one of EXPORTS, with what is told of how it continues an earlier version.

    Texts stand as they are stored, beside what their source allows; what is withheld has none.
    """
    if kind == "xlsx":
        return xlsx_file.write(framework, lineage)
    if kind == "case":
        return case_writer.write(framework, base_url, lineage).encode()
    if kind == "csv":
        return csv_file.write(framework, lineage).encode()
    return skos_file.write(framework, "turtle" if kind == "skos" else "json-ld").encode()
