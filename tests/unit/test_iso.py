"""ISO 3166 as read from pycountry: counts, names, and a tree without gaps or cycles."""

import dataclasses

import pytest

from tracker.jurisdictions.iso import IsoPlace, countries, subdivisions


@pytest.fixture(scope="module")
def nations() -> dict[str, IsoPlace]:
    return {place.code: place for place in countries()}


@pytest.fixture(scope="module")
def parts() -> dict[str, IsoPlace]:
    return {place.code: place for place in subdivisions()}


def test_counts_and_unique_codes(nations, parts):
    assert len(countries()) == len(nations) == 249
    assert len(subdivisions()) == len(parts) > 5000
    assert not nations.keys() & parts.keys()


def test_countries_are_roots_with_all_three_codes(nations):
    for code, place in nations.items():
        assert place.kind == "country" and place.parent == "" and place.subdivision_type == ""
        assert (
            len(code) == 3 and len(place.alpha2) == 2 and len(place.numeric) == 3 and place.numeric.isdigit()
        )


def test_subdivisions_carry_their_countrys_alpha2(parts):
    for code, place in parts.items():
        assert place.kind == "subdivision" and place.subdivision_type
        assert code.partition("-")[0] == place.alpha2 and place.numeric == ""


def test_no_name_is_blank_or_padded(nations, parts):
    for place in (*nations.values(), *parts.values()):
        assert place.name and place.name == place.name.strip() and place.official_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BOL", "Bolivia"),
        ("KOR", "South Korea"),
        ("TZA", "Tanzania"),
        ("COD", "Democratic Republic of the Congo"),
        ("PSE", "State of Palestine"),
        ("BES", "Bonaire, Sint Eustatius and Saba"),
        ("FRA", "France"),
    ],
)
def test_common_names_are_preferred(nations, code, name):
    assert nations[code].name == name


def test_official_name_is_kept(nations, parts):
    assert nations["BOL"].official_name == "Plurinational State of Bolivia"
    assert (parts["GB-WLS"].name, parts["GB-WLS"].official_name) == (
        "Wales",
        "Wales [Cymru GB-CYM]",
    )


def test_the_five_states_of_the_seed(parts):
    names = {code: parts[code].name for code in ("US-CT", "US-FL", "US-LA", "US-MI", "US-TX")}
    assert list(names.values()) == [
        "Connecticut",
        "Florida",
        "Louisiana",
        "Michigan",
        "Texas",
    ]
    assert {parts[code].parent for code in names} == {"USA"}


def test_every_parent_exists_in_the_same_country(nations, parts):
    for place in parts.values():
        parent = parts.get(place.parent) or nations[place.parent]
        assert parent.alpha2 == place.alpha2


def test_every_chain_ends_at_its_country(nations, parts):
    for place in parts.values():
        seen = set()
        while place.parent:
            assert place.code not in seen
            seen.add(place.code)
            place = parts.get(place.parent) or nations[place.parent]
        assert place.code in nations


def test_parents_come_before_children():
    known = {place.code for place in countries()}
    for place in subdivisions():
        assert place.parent in known
        known.add(place.code)


def test_no_code_is_in_the_user_assigned_block(nations):
    """XAA-XZZ is kept for the fictional places of the demo world."""
    assert not [code for code in nations if code.startswith("X")]


def test_places_are_immutable(nations):
    with pytest.raises(dataclasses.FrozenInstanceError):
        nations["FRA"].name = "Elsewhere"  # type: ignore[misc]
