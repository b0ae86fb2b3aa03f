"""The compact matrix: per jurisdiction and cell an array of values, always under the cell's own key. Pure."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tracker.kit.vocabulary import Axis, Basis, Source
from tracker.packed.history import History, Voice, contested, heard, holding

# The places of a whole array: three of each axis, then whether the cell is contested.
_NAMES = ("{0}", "{0}_claimed", "{0}_verification")
_AXES = tuple(Axis)
Whole = tuple[str, bool, str, str, bool, str, bool]
Asked = tuple[tuple[Axis, ...], Source, Basis | None]

_whole = msgspec.json.Decoder(dict[str, Whole])
SILENT: tuple[str, bool, str] = ("not_assessed", False, "none")


def columns(axes: Sequence[Axis], source: Source) -> list[str]:
    """What the places of a cell's array mean."""
    names = [name.format(axis.value) for axis in axes for name in _NAMES] + ["contested"]
    return [*names, "organisation"] if source is Source.ALL else names


def silent(axes: Sequence[Axis], source: Source, *, is_contested: bool = False) -> Any:
    """A cell in which nobody is heard: not assessed, never blank."""
    values = (*SILENT * len(axes), is_contested)
    return [(*values, "none")] if source is Source.ALL else values


def best(history: History, on: int, as_of: int) -> str:
    """The JSON object that `PackedCells` keeps: the whole arrays of all cells with a voice."""
    axes, source, basis = _AXES, Source.BEST, None
    return encode(told(history, on, as_of, (axes, source, basis))).decode()


@lru_cache(maxsize=100)
def narrowing(keys: tuple[str, ...], axes: tuple[Axis, ...]) -> Callable[[str], Any]:
    """A function that takes the cells of these keys out of what `best` made, those without a voice included."""
    nobody = silent(axes, Source.BEST)
    if len(axes) == len(_AXES):
        # Cells as they were packed: the decoder passes over the others and reads none of their values.
        names = [f"c{number}" for number in range(len(keys))]
        default = msgspec.Raw(msgspec.json.encode(nobody))
        fields = [(name, msgspec.Raw, default) for name in names]
        cells = msgspec.defstruct("Cells", fields, rename=dict(zip(names, keys, strict=True)), gc=False)
        return msgspec.json.Decoder(cells).decode
    at = 3 * _AXES.index(axes[0])

    def one_axis(text: str) -> dict[str, Any]:
        whole = _whole.decode(text)
        return {key: (*whole[key][at : at + 3], whole[key][6]) if key in whole else nobody for key in keys}

    return one_axis


def resolved(history: History, keys: Sequence[str], on: int, as_of: int, asked: Asked) -> dict[str, Any]:
    """The cells of these keys at any moment, out of the history."""
    nobody = silent(asked[0], asked[1])
    found = told(history, on, as_of, asked, frozenset(keys))
    return {key: found.get(key, nobody) for key in keys}


def told(
    history: History, on: int, as_of: int, asked: Asked, keys: frozenset[str] | None = None
) -> dict[str, Any]:
    """The cells, of these keys or all, that anybody speaks of at the moment, with the voices that are asked for."""
    axes, source, basis = asked
    found = {}
    for number, voices in holding(history, on, as_of, keys).items():
        contest = contested(voices)
        audible = heard(voices, source, basis, history.voices)
        if not audible:
            found[history.cells[number]] = silent(axes, source, is_contested=contest)
        elif source is Source.ALL:
            found[history.cells[number]] = [
                (*_values(v, axes), contest, history.voices[v.said.by]) for v in audible
            ]
        else:
            found[history.cells[number]] = (*_values(audible[0], axes), contest)
    return found


def _values(voice: Voice, axes: Sequence[Axis]) -> tuple[Any, ...]:
    said = voice.said
    paper = (said.commitment, said.commitment_claimed, voice.marks[0])
    practice = (said.practice, said.practice_claimed, voice.marks[1])
    if len(axes) == len(_AXES):
        return paper + practice
    return paper if axes[0] is Axis.COMMITMENT else practice


def encode(value: Any) -> bytes:
    return msgspec.json.encode(value)
