"""The places of ISO 3166 as plain values, read from pycountry; nothing here touches the database."""

import re
from dataclasses import dataclass

import pycountry

# Inverted in the standard and without a common name in pycountry: an inverted name reads badly in a sentence.
_READ_IN_ORDER = {
    "COD": "Democratic Republic of the Congo",
    "FSM": "Federated States of Micronesia",
    "PSE": "State of Palestine",
    "VGB": "British Virgin Islands",
    "VIR": "U.S. Virgin Islands",
}
# "Wales [Cymru GB-CYM]": the alias in another language, with a code that is no code of its own.
_BRACKETED_ALIAS = re.compile(r"\s*\[[^\]]*\]\s*$")


@dataclass(frozen=True)
class IsoPlace:
    """One country or subdivision. `parent` is the code of the place above it, empty for a country.

    `official_name` is the standard's fullest name; `alpha2` of a subdivision is its country's; `numeric` and
    `subdivision_type` are empty where they do not apply.
    """

    code: str
    kind: str
    name: str
    official_name: str
    parent: str
    subdivision_type: str
    alpha2: str
    numeric: str


def countries() -> list[IsoPlace]:
    """The 249 countries of ISO 3166-1, by alpha-3 code, under their common English names."""
    return sorted((_country(entry) for entry in pycountry.countries), key=lambda place: place.code)


def subdivisions() -> list[IsoPlace]:
    """The subdivisions of ISO 3166-2, each after its parent, else by code; names as the standard spells them.

    The parent is the subdivision above where the standard gives one, else the country's alpha-3 code.
    """
    alpha3 = {entry.alpha_2: entry.alpha_3 for entry in pycountry.countries}
    places = {entry.code: _subdivision(entry, alpha3) for entry in pycountry.subdivisions}
    return sorted(places.values(), key=lambda place: (_depth(place, places), place.code))


def _country(entry: pycountry.db.Data) -> IsoPlace:
    common = getattr(entry, "common_name", None) or _READ_IN_ORDER.get(entry.alpha_3, entry.name)
    official = getattr(entry, "official_name", entry.name)
    return IsoPlace(entry.alpha_3, "country", common, official, "", "", entry.alpha_2, entry.numeric)


def _subdivision(entry: pycountry.db.Data, alpha3: dict[str, str]) -> IsoPlace:
    parent = entry.parent_code or alpha3[entry.country_code]
    name = _BRACKETED_ALIAS.sub("", entry.name)
    return IsoPlace(
        entry.code,
        "subdivision",
        name,
        entry.name,
        parent,
        entry.type,
        entry.country_code,
        "",
    )


def _depth(place: IsoPlace, places: dict[str, IsoPlace]) -> int:
    """Steps from the country; raises ValueError on a cycle."""
    depth = 1
    while place.parent in places:
        place = places[place.parent]
        depth += 1
        if depth > len(places):
            raise ValueError(f"{place.code} is its own ancestor")
    return depth
