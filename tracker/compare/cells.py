"""The HTML of matrix cells, built from small format strings.

A macro per cell costs ninety times a format string, and a matrix has thousands of cells. The shape of
the HTML is documented in templates/macros/levels.html; everything variable is escaped here.
"""

from datetime import date
from functools import lru_cache
from typing import TypeGuard

from markupsafe import Markup, escape

from tracker.compare.comparison import ComparedCell
from tracker.entries.standing import Standing
from tracker.kit.i18n import current_locale
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Principle, Value, value, word

# What stands for a mark where a table is printed small: `data-s` of its element, which the sheet for print draws instead.
SHORT = {
    "claimed": "c",
    "contested": "!",
    "stale": "s",
    "unknown": "?",
    "general": "g",
    "targeted": "t",
    "by_name": "n",
    "equivalent": "e",
}
_SYMBOL = '<svg class="sym" aria-hidden="true"><use href="#s-{code}"/></svg>'


@lru_cache(maxsize=500)
def _value(axis: Axis, code: str, locale: str) -> tuple[str, str]:
    """(class, symbol and word) of a value, escaped; once for each language."""
    shown = value(axis, code)
    ground = f"level-{code}" if shown.is_level else "missing"
    return ground, _SYMBOL.format(code=code) + str(escape(shown.word))


def matrix_cell(
    cell: ComparedCell, href: str, axes: tuple[Axis, ...], principle: Principle | None = None
) -> Markup:
    """One <td>: every voice that is heard, the whole cell a link to its evidence. Its parts come escaped.

    `principle`: marked on the voices that cite an instrument saying so.
    """
    voices = cell.voices or (None,)
    link = escape(href)
    if len(axes) == 1 and len(voices) == 1:
        ground, shown = _value(axes[0], _code(voices[0], axes[0]).code, current_locale())
        marks = _marks(cell, voices[0], axes, principle)
        return Markup(f'<td class="cell {ground}"><a href="{link}">{shown}{marks}</a></td>')  # nosec B704
    parts = "".join(_voice(cell, voice, axes, principle, named=len(voices) > 1) for voice in voices)
    return Markup(f'<td class="cell two"><a href="{link}">{parts}</a></td>')  # nosec B704


def _code(voice: Standing | None, axis: Axis) -> Value:
    return voice.on(axis) if voice else value(axis, "not_assessed")


def _voice(
    cell: ComparedCell,
    voice: Standing | None,
    axes: tuple[Axis, ...],
    principle: Principle | None,
    *,
    named: bool,
) -> str:
    head = f"<strong>{escape(voice.organisation_name)}</strong> " if named and voice else ""
    key = (axes, current_locale(), cell.contested, _said(voice, principle), *_shown(voice, cell.seen))
    drawn = _drawn.get(key)
    if drawn is None:
        if len(_drawn) >= _MOST_DRAWN:
            _drawn.clear()
        drawn = _drawn[key] = _spans(voice, axes) + _marks(cell, voice, axes, principle)
    return head + drawn


# A matrix has thousands of cells and few kinds of them: what is drawn of a kind is drawn once. No text of anybody's
# is in it.
_drawn: dict[tuple[object, ...], str] = {}
_MOST_DRAWN = 20_000


def _shown(voice: Standing | None, seen: date) -> tuple[object, ...]:
    """All that the drawing of a voice follows from, so that two that are alike here are drawn alike."""
    if voice is None:
        return ()
    return (
        voice.commitment.code,
        voice.practice.code,
        voice.commitment_claimed,
        voice.practice_claimed,
        voice.valid_from.year if voice.valid_from else None,
        voice.scope,
        voice.basis,
        voice.stale(seen),
        tuple(voice.verification(axis) for axis in Axis) if voice.reviews else (),
    )


def _said(voice: Standing | None, principle: Principle | None) -> Principle | None:
    return principle if principle and voice and voice.says(principle) else None


def _spans(voice: Standing | None, axes: tuple[Axis, ...]) -> str:
    spans = []
    for axis in axes:
        ground, shown = _value(axis, _code(voice, axis).code, current_locale())
        label = escape(word("short", axis))
        spans.append(f'<span class="ax {ground}"><i>{label}</i> {shown}</span>')
    return "".join(spans)


def _marks(
    cell: ComparedCell, voice: Standing | None, axes: tuple[Axis, ...], principle: Principle | None
) -> str:
    flags = [f'<b data-s="{SHORT[code]}">{escape(mark(code))}</b> ' for code in _flags(cell, voice, axes)]
    marks = _told(voice, axes)
    if said := _said(voice, principle):
        marks.append(str(escape((" · " if marks else "") + word("principle", said).lower())))
    return f" <small>{''.join(flags + marks)}</small>" if flags or marks else ""


def mark(code: str) -> str:
    """The word of a mark that has a short sign."""
    words = {
        "claimed": _("claimed"),
        "contested": _("contested"),
        "stale": _("stale"),
        "unknown": _("start unknown"),
        "by_name": _("by name"),
        "equivalent": _("equivalent"),
    }
    return words.get(code) or word("scope", code).lower()


def _flags(cell: ComparedCell, voice: Standing | None, axes: tuple[Axis, ...]) -> list[str]:
    flags = {
        "claimed": voice is not None and any(voice.claimed(axis) for axis in axes),
        "contested": cell.contested,
        "stale": _levelled(voice, axes) and voice.stale(cell.seen),
    }
    return [code for code, holds in flags.items() if holds]


def _told(voice: Standing | None, axes: tuple[Axis, ...]) -> list[str]:
    """Year, verification, scope and basis, where there is a level, escaped."""
    if not _levelled(voice, axes):
        return []
    levels = [v for axis in axes if (v := voice.verification(axis)) != "none"]
    year = str(voice.valid_from.year) if voice.valid_from else _shortly("unknown", "")
    shorts = [_shortly(code) for code in (voice.scope, voice.basis) if code]
    return [year, " · " + "/".join(dict.fromkeys(levels)), *shorts]


def _levelled(voice: Standing | None, axes: tuple[Axis, ...]) -> TypeGuard[Standing]:
    return voice is not None and any(voice.on(axis).is_level for axis in axes)


def _shortly(code: str, before: str = " · ") -> str:
    """The word of a mark, with its short sign."""
    return f'<span data-s="{SHORT[code]}">{before}{escape(mark(code))}</span>'
