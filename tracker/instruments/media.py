"""Which kind of file something is, by what it holds; a name is only a hint between kinds of text."""

import codecs
import re
from pathlib import Path

from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _

LARGEST_FILE = 20 * 1024 * 1024
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "text/csv": "csv",
    "text/plain": "txt",
}
_MAGIC = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_TEXTS = {".csv": "text/csv", ".txt": "text/plain"}
_CHUNK = 64 * 1024


def media_type(path: Path, name: str) -> str:
    """The media type of the file at `path`, which came under `name`. Raises Invalid for what is not taken.

    Text is told from the rest by being UTF-8 without NUL, and is taken only under a name of text: so no page
    or script gets in as an image, and none as text that does not call itself so.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise Invalid({"file": _("This file is empty.")})
    for magic, found in _MAGIC.items():
        if head.startswith(magic):
            return found
    text = _TEXTS.get(suffix(name))
    if text is None:
        raise Invalid({"file": _("This is no PDF, PNG, JPEG, CSV or TXT file, whatever its name says.")})
    if not _is_text(path):
        raise Invalid({"file": _("A CSV or TXT file has to be plain text in UTF-8, and this is not.")})
    return text


def _is_text(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if b"\x00" in chunk:
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _base(name: str) -> str:
    """The last part of a name, whichever system's separators it was sent with."""
    return re.split(r"[\\/]", name)[-1]


def suffix(name: str) -> str:
    return Path(_base(name)).suffix.lower()


def title_from(name: str) -> str:
    """A title for a file that was given none: its name without folders, ending and control characters."""
    printable = "".join(c if c.isprintable() else " " for c in _base(name))
    return " ".join(Path(printable).stem.split())[:200]


def download_name(title: str, sha256: str, media_type: str) -> str:
    """A file name of letters, digits and hyphens, e.g. decree-12-2024-1f3a5c7e.pdf: safe on every system."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    return f"{words or 'attachment'}-{sha256[:8]}.{EXTENSIONS[media_type]}"
