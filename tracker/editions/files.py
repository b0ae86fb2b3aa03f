"""The kinds of files that an edition has, each drawn from its Document."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from tracker.briefings import pdf
from tracker.briefings.document import Document


@dataclass(frozen=True, slots=True)
class Kind:
    """`draw` takes the Document and the page size."""

    media_type: str
    draw: Callable[[Document, str], bytes]


KINDS = {
    "pdf": Kind("application/pdf", pdf.draw),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """`sha256`: hexadecimal."""

    kind: str
    body: bytes
    sha256: str


def drawn(document: Document, page_size: str) -> list[Drawn]:
    """Every file. It takes processor time: call it in a thread."""
    made = [(name, kind.draw(document, page_size)) for name, kind in KINDS.items()]
    return [Drawn(name, body, sha256(body).hexdigest()) for name, body in made]
