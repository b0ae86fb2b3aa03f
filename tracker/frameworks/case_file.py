"""Reading frameworks from CASE 1.1 JSON (1EdTech): CFDocument, CFItems and CFAssociations. 1.0 is read too.

What CASE has no place for (key, domains, rating, licence to quote) stands in `extensions.tracker`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tracker.frameworks.tree import FIELDS, ITEM_KEY, Fault, FrameworkFile, RatingRow, Row, Unreadable
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Wording

CHILD = "isChildOf"
OURS = "tracker"
# Fields of an item that CASE has a name for; the others go to the extension.
NAMES = {"source_number": "humanCodingScheme", "kind": "CFItemType", "text": "fullStatement"}
NAMES |= {"short_label": "abbreviatedStatement"}
OWN = ("key", "theme", "wording", "provenance", "source_url", "domains", "bindingness", "rating")
# Associations that may tie an item to one of an earlier version, which is not in the package.
CONTINUES = ("replacedBy", "isPartOf")

Json = dict[str, Any]


def identifier_of(key: str, version: str, *parts: str) -> str:
    """Our identifier of a version, or with ("item", key) of its item, where other systems have given none."""
    return str(uuid5(NAMESPACE_URL, ":".join(("urn:tracker:framework", key, version, *parts))))


def read(data: bytes) -> FrameworkFile:
    """Read a package. Raises Unreadable naming the element and field of everything that is no such package."""
    package = _package(data)
    faults: list[Fault] = []
    elements = {name: _objects(package, name, faults) for name in ("CFItems", "CFAssociations")}
    document = package.get("CFDocument")
    if not isinstance(document, dict):
        faults.append(Fault("CFDocument", "", _("There is none.")))
    if faults:
        raise Unreadable(tuple(faults))
    assert isinstance(document, dict)
    reader = _Reader(document, elements["CFItems"], elements["CFAssociations"])
    file = reader.file()
    if reader.faults:
        raise Unreadable(tuple(reader.faults))
    return file


def _package(data: bytes) -> Json:
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        where = _("line %(number)s") % {"number": line}
        raise Unreadable((Fault(where, "", _("This is not UTF-8 text.")),)) from None
    except json.JSONDecodeError as error:
        where = _("line %(number)s") % {"number": error.lineno}
        raise Unreadable((Fault(where, "", _("This is not JSON.") + f" ({error.msg})"),)) from None
    except (RecursionError, ValueError):
        raise Unreadable((Fault("", "", _("This is not JSON that can be read.")),)) from None
    if isinstance(found, dict) and isinstance(found.get("CFPackage"), dict):
        found = found["CFPackage"]
    if not isinstance(found, dict):
        raise Unreadable((Fault("", "", _("A CASE package is a JSON object.")),))
    return found


def _objects(package: Json, name: str, faults: list[Fault]) -> list[Json]:
    found = package.get(name, [])
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        faults.append(Fault(name, "", _("This is a list of objects.")))
        return []
    return found


class _Reader:
    def __init__(self, document: Json, items: list[Json], associations: list[Json]) -> None:
        self.document, self.items, self.associations = document, items, associations
        self.faults: list[Fault] = []
        self.keys: dict[str, str] = {}  # by identifier
        self.continued: dict[str, list[str]] = defaultdict(list)  # identifiers of older items, by identifier
        self.passed_over = 0

    def file(self) -> FrameworkFile:
        own = self._own("CFDocument", self.document)
        self._keys()
        parents, order = self._parents()
        self._lineage()
        key = str(own.get("key") or _slug(self._text("CFDocument", self.document, "title")))
        version = str(own.get("version") or self._text("CFDocument", self.document, "version") or "1")
        rows = [self._row(n, item, parents, key, version) for n, item in enumerate(self.items)]
        rows.sort(key=lambda row: order.get(row.key, 0))
        head, ratings, notes = self._head(own), tuple(self._ratings(own)), tuple(self._notes())
        return FrameworkFile(
            key, version, head, ratings, tuple(rows), notes, replaces=str(own.get("replaces", ""))
        )

    def _lineage(self) -> None:
        """Which older items each item continues: replacedBy it, or the one a part of the other."""
        for n, association in enumerate(self.associations):
            kind = association.get("associationType")
            if kind == CHILD:
                continue
            origin, destination = (
                self._node(f"CFAssociations[{n}]", association, end)
                for end in ("originNodeURI", "destinationNodeURI")
            )
            if kind in CONTINUES and destination in self.keys and origin and origin not in self.keys:
                self.continued[destination].append(origin)
            elif kind == "isPartOf" and origin in self.keys and destination and destination not in self.keys:
                self.continued[origin].append(destination)
            else:
                self.passed_over += 1

    def _keys(self) -> None:
        """Our key of each item: the extension's, else its human code, else its identifier."""
        codes = [str(item.get("humanCodingScheme") or "") for item in self.items]
        coded = len(set(codes)) == len(codes) and all(ITEM_KEY.fullmatch(code) for code in codes)
        for n, (item, code) in enumerate(zip(self.items, codes, strict=True)):
            where = f"CFItems[{n}]"
            identifier = self._text(where, item, "identifier")
            if not identifier:
                self.faults.append(Fault(where, "identifier", _("This is needed.")))
            elif identifier in self.keys:
                self.faults.append(
                    Fault(where, "identifier", _("“%(id)s” is there twice.") % {"id": identifier[:60]})
                )
            own = self._own(where, item).get("key")
            self.keys[identifier] = str(own or (code if coded else identifier))

    def _parents(self) -> tuple[dict[str, str], dict[str, float]]:
        """(key of the parent, place among all) by key, from the associations; the document is no item."""
        parents: dict[str, str] = {}
        order: dict[str, float] = dict.fromkeys(self.keys.values(), 0.0)
        for n, association in enumerate(self.associations):
            where = f"CFAssociations[{n}]"
            if association.get("associationType") != CHILD:
                continue
            child, parent = (
                self._node(where, association, end) for end in ("originNodeURI", "destinationNodeURI")
            )
            if child not in self.keys:
                self.faults.append(
                    Fault(where, "originNodeURI", _("There is no item “%(id)s”.") % {"id": child[:60]})
                )
                continue
            key = self.keys[child]
            number = association.get("sequenceNumber")
            order[key] = float(number) if isinstance(number, int | float) else 0.0
            if parent == self.document.get("identifier"):
                continue
            if key in parents:
                text = _("“%(key)s” has a parent already; an item has one.") % {"key": key[:60]}
                self.faults.append(Fault(where, "destinationNodeURI", text))
            parents[key] = self.keys.get(parent, parent)
        return parents, order

    def _node(self, where: str, association: Json, end: str) -> str:
        """The identifier that an end of an association names: an object's, or in files of some servers plain text."""
        node = association.get(end)
        return self._text(where, node, "identifier") if isinstance(node, dict) else str(node or "")

    def _row(self, number: int, item: Json, parents: Mapping[str, str], framework: str, version: str) -> Row:
        where = f"CFItems[{number}]"
        identifier = self._text(where, item, "identifier")
        key = self.keys[identifier]
        own = self._own(where, item)
        fields = {name: str(own[name]).strip() for name in OWN if name in own}
        fields |= {
            name: self._text(where, item, case) for name, case in NAMES.items() if item.get(case) is not None
        }
        fields |= {"key": key, "parent": parents.get(key, "")}
        fields.setdefault("kind", "item")
        foreign = identifier not in (key, identifier_of(framework, version, "item", key))
        fields["identifier"] = identifier if foreign else ""
        if fields.get("wording") == Wording.WITHHELD:
            fields["text"] = ""  # CASE asks for some: what stands there is the key
        replaces = tuple(self.continued.get(identifier, ())) or None
        return Row(where, {name: fields[name] for name in FIELDS if name in fields}, replaces)

    def _head(self, own: Json) -> dict[str, str]:
        def text(name: str) -> str:
            return self._text("CFDocument", self.document, name)

        licence = self.document.get("licenseURI")
        if isinstance(licence, dict):
            licence = licence.get("title") or licence.get("uri")
        dated = text("statusStartDate") or text("lastChangeDateTime")
        told = {
            "title": text("title"),
            "publisher": text("publisher") or text("creator"),
            "year": dated[:4],
            "kind": text("frameworkType") or "framework",
            "licence": str(licence or ""),
            "landing_url": text("officialSourceURL"),
            "note": text("notes") or text("description"),
            # A file of others does not say what may be quoted.
            "verbatim_allowed": "titles only",
        }
        told |= {
            n: str(own[n]) for n in ("applies_by_domain", "verbatim_allowed", "kind", "licence") if n in own
        }
        return {name: value for name, value in told.items() if value}

    def _ratings(self, own: Json) -> Iterator[RatingRow]:
        found = own.get("ratings", [])
        if not isinstance(found, list) or not all(isinstance(rating, dict) for rating in found):
            self.faults.append(Fault("CFDocument", "ratings", _("This is a list of objects.")))
            return
        for n, rating in enumerate(found):
            where = f"CFDocument ratings[{n}]"
            yield RatingRow(
                where, *(self._text(where, rating, name) for name in ("code", "label", "definition"))
            )

    def _own(self, where: str, element: Json) -> Json:
        extensions = element.get("extensions")
        own = extensions.get(OURS, {}) if isinstance(extensions, dict) else {}
        if not isinstance(own, dict):
            self.faults.append(Fault(where, f"extensions.{OURS}", _("This is an object.")))
            return {}
        return own

    def _text(self, where: str, element: Json, name: str) -> str:
        value = element.get(name)
        if value is not None and not isinstance(value, str):
            self.faults.append(Fault(where, name, _("This is text.")))
        return value.strip() if isinstance(value, str) else ""

    def _notes(self) -> Iterator[str]:
        if self.passed_over:
            yield _(
                "%(number)s associations are not taken in: neither isChildOf nor with an item of an earlier version."
            ) % {"number": self.passed_over}


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
