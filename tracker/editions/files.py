"""The files that an edition has, each drawn from its Document."""

from dataclasses import dataclass
from hashlib import sha256

from tracker.briefings.document import Document
from tracker.briefings.twins.kinds import MEDIA_TYPES, Composed, made
from tracker.editions.assembly import Gathered, speaking

KINDS = tuple(MEDIA_TYPES)


@dataclass(frozen=True, slots=True)
class Drawn:
    """`sha256`: hexadecimal."""

    kind: str
    body: bytes
    sha256: str


async def drawn(of: Gathered, document: Document) -> list[Drawn]:
    """Every file of an edition, whose document is given."""
    content, comparison, base_url = of.told.content, of.snapshot.comparison, of.desk.base_url
    composed = Composed(comparison, document, of.options, base_url, content.locale, content.page_size)
    found = []
    with speaking(content.locale):
        for kind in KINDS:
            body = await made(kind, composed)
            found.append(Drawn(kind, body, sha256(body).hexdigest()))
    return found
