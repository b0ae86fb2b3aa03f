"""The archive of a back-up: a zip file with rows, files, and a manifest that says the hash of each.

Whoever opens one trusts nothing in it: what its listing names must be what the manifest names, every name must be one
that we write, no file may unpack to more than it says or to hundreds of times its size, and every hash is compared
before anything else happens.
"""

import hashlib
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tracker.db.carry import Carried
from tracker.kit.errors import Refused
from tracker.kit.i18n import gettext as _

FORMAT = 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 * 1024 * 1024
# Rows of text shrink to a twentieth or so, a bomb to a thousandth.
MOST_TIMES, HARMLESS = 300, 1024 * 1024
_NAME = re.compile(
    r"tables/[a-z_]{1,63}\.jsonl|attachments/[0-9a-f]{64}|releases/[1-9][0-9]{0,8}/[A-Za-z0-9][A-Za-z0-9._-]{0,79}"
)
_CHUNK = 1024 * 1024
# What zipfile raises on a file that is none, or damaged.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    OSError,
)


class Damaged(Refused):
    """The archive is not one of ours, or not whole; the text says why. Nothing was changed."""


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in the archive: its size in bytes and its SHA-256 in hex."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an archive holds. `schema`: the migration that the rows are of. `missing`: files that were gone already."""

    format: int
    made_at: str
    program: str
    schema: str
    log_head: str
    tables: list[Carried]
    rows: dict[str, int]
    files: dict[str, Listed]
    missing: list[str]


def measured(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file in hex, and its size in bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


class Writer:
    """Adds files to a new archive, and remembers the size and the hash of each."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, Listed] = {}

    def add(self, name: str, parts: Iterable[bytes], *, squeeze: bool = True) -> int:
        """Add a file; returns of how many parts. `squeeze`: compress it."""
        assert _NAME.fullmatch(name) or name == MANIFEST, name
        digest, size, number = hashlib.sha256(), 0, 0
        entry = zipfile.ZipInfo(name)  # of no date: the same content is the same bytes
        entry.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self._archive.open(entry, "w", force_zip64=True) as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size, number = size + len(part), number + 1
        self.files[name] = Listed(size, digest.hexdigest())
        return number

    def add_file(self, name: str, path: Path, *, squeeze: bool) -> None:
        """Add a file of the disk. Raises FileNotFoundError."""
        with path.open("rb") as file:
            self.add(name, iter(lambda: file.read(_CHUNK), b""), squeeze=squeeze)

    def finish(self, manifest: Manifest) -> None:
        """The manifest goes in last."""
        self.add(MANIFEST, [msgspec.json.format(msgspec.json.encode(manifest), indent=1)])


@contextmanager
def written(out: Path) -> Iterator[Writer]:
    """A new archive that only its owner may read; it has its name once it is whole and on the disk.

    Raises Refused where there is a file of that name.
    """
    if out.exists():
        raise Refused(_("%(name)s is there already: a back-up replaces no other.") % {"name": out})
    # Of a name that nobody knows before, and new: others may write to the folder too.
    descriptor, name = tempfile.mkstemp(prefix=f".{out.name[:100]}.", suffix=".partial", dir=out.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, out)  # and not a rename, which would replace what came there meanwhile
    except FileExistsError as error:
        raise Refused(_("%(name)s is there already: a back-up replaces no other.") % {"name": out}) from error
    finally:
        unfinished.unlink(missing_ok=True)


class Reader:
    """An archive that was opened with `opened`, and is looked at before anything is done with it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.manifest = _manifest(archive)
        _compare_listing(archive, self.manifest)

    def check(self) -> Iterator[str]:
        """Read every file and compare it with its size and its hash; yields the name of each as it is done."""
        for name in self.manifest.files:
            for _part in self.parts(name):
                pass
            yield name

    def parts(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, in parts. Raises Damaged, at the end at the latest, where they are not what they were."""
        listed = self.manifest.files[name]
        digest, size = hashlib.sha256(), 0
        try:
            with self._archive.open(name) as file:
                while part := file.read(_CHUNK):
                    size += len(part)
                    digest.update(part)
                    yield part
        except _BROKEN as error:
            raise Damaged(_("The archive is damaged: %(name)s can't be read.") % {"name": name}) from error
        if (size, digest.hexdigest()) != (listed.size, listed.sha256):
            raise Damaged(_("The archive is damaged: %(name)s is not what its hash says.") % {"name": name})

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file, without their ends."""
        rest = b""
        for part in self.parts(name):
            *whole, rest = (rest + part).split(b"\n")
            yield from whole
        if rest:
            yield rest

    @property
    def size(self) -> int:
        """Of all that it holds, unpacked, in bytes."""
        return sum(listed.size for listed in self.manifest.files.values())


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """An archive, its manifest read and its listing compared. Raises Damaged, or Refused where it can't be opened."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise Refused(_("There is no file %(name)s.") % {"name": path}) from error
    except _BROKEN as error:
        raise Damaged(_("%(name)s is no back-up, or a damaged one.") % {"name": path}) from error
    with archive:
        yield Reader(archive)


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    broken = Damaged(_("This is no back-up: its manifest is missing or can't be read."))
    try:
        entry = archive.getinfo(MANIFEST)
        if entry.file_size > LARGEST_MANIFEST:
            raise broken
        # The format first: a later one may have other members.
        content = archive.read(entry)
        made = msgspec.json.decode(content, type=dict[str, msgspec.Raw]).get("format")
        if made is None or bytes(made) != str(FORMAT).encode():
            raise Damaged(
                _("This back-up is of another format than %(n)s: a newer version of the program reads it.")
                % {"n": FORMAT}
            )
        return msgspec.json.decode(content, type=Manifest)
    except (KeyError, msgspec.MsgspecError, *_BROKEN) as error:
        raise broken from error


def _compare_listing(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    entries = {entry.filename: entry for entry in archive.infolist()}
    tables = {f"tables/{table.name}.jsonl" for table in manifest.tables}
    named = {name for name in manifest.files if name.startswith("tables/")}
    if (
        len(entries) != len(archive.infolist())
        or set(entries) != {*manifest.files, MANIFEST}
        or len(tables) != len(manifest.tables)
        or tables != named
        or set(manifest.rows) != {table.name for table in manifest.tables}
    ):
        raise Damaged(_("The archive holds other files than its manifest says."))
    for name, listed in manifest.files.items():
        entry = entries[name]
        strange = not _NAME.fullmatch(name)
        if name.startswith("attachments/"):
            strange = strange or name.partition("/")[2] != listed.sha256
        if strange:
            raise Damaged(
                _("The archive holds a file that no back-up has: %(name)s") % {"name": ascii(name)[:120]}
            )
        if entry.file_size != listed.size or entry.flag_bits & 1:
            raise Damaged(_("The archive is damaged: %(name)s is not what its hash says.") % {"name": name})
        if listed.size > max(HARMLESS, MOST_TIMES * entry.compress_size):
            raise Damaged(
                _("The archive holds a file that unpacks to far more than it is: %(name)s") % {"name": name}
            )
