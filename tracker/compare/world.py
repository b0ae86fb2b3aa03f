"""A map of one cell: every country, what is said of it on one axis, and where its sign stands. Values for the page."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tracker.compare.comparison import ComparedCell, Comparison
from tracker.kit.vocabulary import Axis, Value

# Made by seed/world/make.py.
_FILE = Path(__file__).with_name("world.json")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a country stands on the map; `small`: it is drawn as a circle, for its shape could not be seen."""

    x: float
    y: float
    small: bool


@dataclass(frozen=True, slots=True)
class World:
    width: float
    height: float
    spots: dict[str, Spot]


@cache
def world() -> World:
    told = json.loads(_FILE.read_text(encoding="utf-8"))
    return World(told["width"], told["height"], {code: Spot(*spot) for code, spot in told["places"].items()})


@dataclass(frozen=True, slots=True)
class Mapped:
    """A country on the map with its reading. `cell` is None for a country that the record does not have."""

    code: str
    spot: Spot
    cell: ComparedCell | None
    reading: Value | None

    @property
    def said(self) -> bool:
        """Whether anybody says anything of it, be it that there is no answer."""
        return bool(self.cell and self.cell.voices)


@dataclass(frozen=True, slots=True)
class WorldMap:
    """`mapped` in the order of drawing, small ones last. `unmapped`: jurisdictions compared that are not on the map."""

    world: World
    mapped: tuple[Mapped, ...]
    unmapped: tuple[ComparedCell, ...]


def world_map(comparison: Comparison, axis: Axis) -> WorldMap:
    """The map of the comparison's one column."""
    (column,) = comparison.columns
    cells = {place.code: comparison.cell(place, column) for place in comparison.places}
    known = world()
    mapped = [
        Mapped(code, spot, cell := cells.get(code), cell.value(axis) if cell else None)
        for code, spot in known.spots.items()
    ]
    return WorldMap(
        known,
        tuple(sorted(mapped, key=lambda m: m.spot.small)),
        tuple(cell for code, cell in cells.items() if code not in known.spots),
    )
