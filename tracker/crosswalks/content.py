"""What a mapping, a missing counterpart and a set say: values that forms and files make and services take."""

import re
from collections.abc import Mapping as Fields
from dataclasses import dataclass
from datetime import date

from tracker.crosswalks import models
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Domain, Relation

MOST_ITEMS = 20  # on one side of a mapping
MOST_STRENGTH = 10
_KEY = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


@dataclass(frozen=True, slots=True)
class MappingContent:
    """One mapping between items, by their ids. `confidence` is 0 to 1, `strength` 0 to 10, None where not given.

    `author` is the name to publish; empty where none is known.
    """

    sources: tuple[int, ...]
    targets: tuple[int, ...]
    relation: Relation
    rationale: str
    domains: tuple[Domain, ...] = ()
    citation: str = ""
    justification: str = ""
    confidence: float | None = None
    strength: int | None = None
    author: str = ""
    authored_on: date | None = None

    def faults(self) -> dict[str, str]:
        """What can't be taken, by field: for whoever comes without a form."""
        found = _text_faults(self)
        for side in ("sources", "targets"):
            given = getattr(self, side)
            if not given:
                found[side] = _("Choose at least one item.")
            elif len(given) > MOST_ITEMS or len(set(given)) < len(given):
                found[side] = _("Choose at most %(most)s items, each once.") % {"most": MOST_ITEMS}
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            found["confidence"] = _("The confidence is a number from 0 to 1.")
        if self.strength is not None and not 0 <= self.strength <= MOST_STRENGTH:
            found["strength"] = _("The strength is a whole number from 0 to 10.")
        return found


@dataclass(frozen=True, slots=True)
class NoCounterpartContent:
    """Why an item has no counterpart on the other side."""

    rationale: str
    citation: str = ""
    justification: str = ""
    author: str = ""
    authored_on: date | None = None

    def faults(self) -> dict[str, str]:
        return _text_faults(self)


@dataclass(frozen=True, slots=True)
class SetHead:
    """What a draft set says of itself."""

    title: str
    licence: str = ""
    comment: str = ""

    def faults(self) -> dict[str, str]:
        found = _too_long(
            {"title": self.title, "licence": self.licence, "comment": self.comment},
            {"title": models.TITLE_LENGTH, "licence": 200, "comment": models.COMMENT_LENGTH},
        )
        if not self.title.strip():
            found["title"] = _("Give the crosswalk a title.")
        return found


def _text_faults(content: MappingContent | NoCounterpartContent) -> dict[str, str]:
    names = {
        "rationale": models.RATIONALE_LENGTH,
        "citation": models.CITATION_LENGTH,
        "justification": models.JUSTIFICATION_LENGTH,
        "author": models.NAME_LENGTH,
    }
    found = _too_long({name: getattr(content, name) for name in names}, names)
    if not content.rationale.strip():
        found["rationale"] = _("Say why.")
    return found


def _too_long(texts: Fields[str, str], most: Fields[str, int]) -> dict[str, str]:
    return {
        name: _("Use at most %(most)s characters; this has %(size)s.")
        % {"most": most[name], "size": len(text)}
        for name, text in texts.items()
        if len(text) > most[name]
    }


def name_faults(key: str, version: str) -> dict[str, str]:
    """What can't be taken of the key and the version of a new set, by field."""
    faults = {}
    if len(key) > models.KEY_LENGTH or not _KEY.fullmatch(key):
        faults["key"] = _("Use small letters, digits and hyphens only, at most %(most)s of them.") % {
            "most": models.KEY_LENGTH
        }
    if len(version) > models.VERSION_LENGTH or not _VERSION.fullmatch(version):
        faults["version"] = _("Use letters, digits, dots and hyphens only, at most %(most)s of them.") % {
            "most": models.VERSION_LENGTH
        }
    return faults
