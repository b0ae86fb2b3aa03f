"""The HTML of how a result of the lens follows, step by step, built from small format strings.

A page has a step for each of hundreds of mappings, and a macro for each would cost many times a format string. Many
mappings share a step, so each step is written once. Everything variable is escaped here.
"""

from collections.abc import Hashable

from markupsafe import Markup, escape

from tracker.compare.files import cell_link
from tracker.crosswalks.lens import ANYTHING, Result, Step, words
from tracker.crosswalks.queries import MappingLine, SideItem
from tracker.crosswalks.reading import Line, Reading, Ref
from tracker.jurisdictions.queries import Place
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, value, word


class Derivations:
    """What the lens page tells of one jurisdiction."""

    def __init__(self, reading: Reading, place: Place, locale: str) -> None:
        self.reading, self.place, self.locale = reading, place, locale
        self._mappings: dict[Hashable, str] = {}
        self._cells: dict[tuple[Axis, int], tuple[Step, str]] = {}
        self._ends: dict[tuple[Axis, int], tuple[Step, str]] = {}
        self._links: dict[Ref, str] = {}

    def steps(self, axis: Axis, result: Result) -> Markup:
        """An <li> for each mapping that the result rests on."""
        return Markup(  # nosec B704
            "".join(
                f"<li><p>{self._mapping(mapping)}</p>\n{self._step(axis, step)}</li>\n"
                for mapping, step in result.rests_on
            )
        )

    def related(self, line: Line, axis: Axis, result: Result) -> Markup:
        """Each mapping that lends no level on the axis, with its cells; where nothing follows at all, of every axis."""
        axes = [axis] if line.follows else list(line.results)
        twins = {other: dict(line.results[other].steps) for other in axes}
        parts = []
        for mapping, _step in result.related:
            parts.append(f"<p>{self._mapping(mapping)}</p>\n")
            for other in axes:
                if len(axes) > 1:
                    parts.append(f'<p class="muted">{escape(word("axis", other))}</p>\n')
                step = twins[other][mapping]
                parts.append(
                    self._step(other, step) if step.could_inform else self._source_cells(other, step)
                )
            if not any(twins[other][mapping].could_inform for other in axes):
                parts.append(f"<p>{escape(_('This relation lends no level, whatever is reported.'))}</p>\n")
        return Markup("".join(parts))  # nosec B704

    def _mapping(self, number: Hashable) -> str:
        if number not in self._mappings:
            self._mappings[number] = mapping_words(self.reading.by_id[number])  # type: ignore[index]
        return self._mappings[number]

    def _step(self, axis: Axis, step: Step) -> str:
        # The step is kept beside its text, so that its number stands for nothing else meanwhile.
        found = self._ends.get((axis, id(step)))
        if found is None:
            found = self._ends[axis, id(step)] = step, self._source_cells(axis, step) + _end(axis, step)
        return found[1]

    def _source_cells(self, axis: Axis, step: Step) -> str:
        found = self._cells.get((axis, id(step)))
        if found is None:
            cells = "".join(self._cell(axis, reported) for reported in step.link.cells)
            found = self._cells[axis, id(step)] = step, f"<ul>\n{cells}</ul>\n"
        return found[1]

    def _cell(self, axis: Axis, reported: object) -> str:
        ref, code, mark = reported.cell, reported.code, reported.verification  # type: ignore[attr-defined]
        small = (
            "" if mark == "none" else f" <small>{mark} {escape(word('verification', mark).lower())}</small>"
        )
        if code == "not_applicable":
            small += f" <small>{escape(_('left out'))}</small>"
        return f"<li>{self._link(ref)}: {escape(value(axis, code).word)}{small}</li>\n"

    def _link(self, ref: Ref) -> str:
        if ref not in self._links:
            cell = self.reading.cell(self.place, ref)
            href = escape(cell_link(self.reading.comparison, cell, self.locale))
            domain = "" if cell.domain == "all" else ", " + word("domain", cell.domain).lower()
            self._links[ref] = f'<a href="{href}">{escape(cell.item.label)}{escape(domain)}</a>'
        return self._links[ref]


def mapping_words(mapping: MappingLine) -> str:
    """What a mapping says and why, escaped."""
    domains = ", ".join(word("domain", domain).lower() for domain in mapping.domains)
    limited = f" ({escape(domains)})" if domains else ""
    state = _("checked by a second person") if mapping.reviewed else _("not yet checked by a second person")
    relation = escape(word("relation", mapping.relation))
    sides = f"{_names(mapping.sources)} {relation} {_names(mapping.targets)}{limited}"
    return f"{sides}. {escape(mapping.rationale)} <small>{escape(state)}</small>"


def _names(sides: tuple[SideItem, ...]) -> str:
    between = str(escape(_(" together with ")))
    return between.join(f"{escape(side.label)} <code>{escape(side.key)}</code>" for side in sides)


def _end(axis: Axis, step: Step) -> str:
    if step.source is None:
        told = [_("None of these applies.")]
    elif step.source == ANYTHING:
        told = [_("Together: every level is possible.")]
    else:
        told = [_("Together: %(levels)s.") % {"levels": words(axis, step.source)}]
    if step.link.among:
        told.append(_("The item is one of several that the mapping speaks of."))
    if step.link.partial:
        told.append(_("The mapping speaks of some of the item’s domains only."))
    if step.informs:
        told.append(_("So: %(levels)s.") % {"levels": words(axis, step.gives)})
    else:
        told.append(_("So every level is possible here: nothing follows."))
    return f"<p>{escape(' '.join(told))}</p>"
