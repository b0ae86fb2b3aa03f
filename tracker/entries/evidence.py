"""The least evidence of each level, as a pure rule over what a revision cites.

A level that lacks it is still saved and shown, marked *claimed*; this module says what is lacking.
Source of the rule: the table of levels in docs/codebook.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.kit.i18n import N_
from tracker.kit.vocabulary import LEVEL_CODES, Axis, CitationAxis, InstrumentKind

K = InstrumentKind
ADOPTING = frozenset(
    {
        K.STATUTE,
        K.REGULATION,
        K.POLICY,
        K.PLAN,
        K.STANDARD,
        K.GUIDELINE,
        K.PROTOCOL,
        K.CURRICULUM,
        K.AGREEMENT,
    }
)
PREPARING = frozenset(
    {K.PROTOCOL, K.CURRICULUM, K.PLAN, K.POLICY, K.GUIDELINE, K.STANDARD, K.AGREEMENT, K.BUDGET}
)
RECORDS = frozenset({K.TRAINING_RECORD, K.SERVICE_RECORD})
INDEPENDENT = RECORDS | {K.INDEPENDENT_REPORT, K.EVALUATION}
OF_USE = INDEPENDENT | {K.REPORT}


@dataclass(frozen=True, slots=True)
class Cited:
    """What the rule needs of a citation. `dated`: the instrument's day of adoption, else of entry into force."""

    axis: CitationAxis
    kind: InstrumentKind
    dated: date | None
    locator: str


@dataclass(frozen=True, slots=True)
class Support:
    """What a revision brings for its levels, besides citations."""

    search_who: str
    search_where: str
    search_when: date | None
    owner: str
    budget: str
    valid_from: date | None


Rule = Callable[[Support, Sequence[Cited]], list[str]]


def _search_note(support: Support, _: Sequence[Cited]) -> list[str]:
    complete = support.search_who and support.search_where and support.search_when
    return [] if complete else [N_("a search note: who looked, where and when")]


def _any_of(kinds: frozenset[InstrumentKind] | None, lacking: str) -> Rule:
    def rule(_: Support, cited: Sequence[Cited]) -> list[str]:
        return [] if any(kinds is None or c.kind in kinds for c in cited) else [lacking]

    return rule


def _adopted(_: Support, cited: Sequence[Cited]) -> list[str]:
    adopting = [c for c in cited if c.kind in ADOPTING]
    if not adopting:
        return [N_("an instrument that adopts it")]
    if any(c.dated and c.locator for c in adopting):
        return []
    lacking = []
    if not any(c.dated for c in adopting):
        lacking.append(N_("the instrument's date"))
    if not any(c.locator for c in adopting):
        lacking.append(N_("a locator (article, section or page)"))
    return lacking or [N_("one instrument with both its date and a locator")]


def _resourced(support: Support, cited: Sequence[Cited]) -> list[str]:
    lacking = _adopted(support, cited)
    if not support.owner:
        lacking.append(N_("an owner"))
    if not support.budget and not any(c.kind is K.BUDGET for c in cited):
        lacking.append(N_("a budget"))
    return lacking


def _preparing(support: Support, cited: Sequence[Cited]) -> list[str]:
    if support.owner or any(c.kind in PREPARING | OF_USE for c in cited):
        return []
    return [N_("an owner, or a protocol, curriculum or plan")]


def _evaluated(support: Support, cited: Sequence[Cited]) -> list[str]:
    evaluations = [c for c in cited if c.kind is K.EVALUATION]
    if not evaluations:
        return [N_("an evaluation")]
    if support.valid_from is None:
        return [N_("the day it began, which the evaluation must follow")]
    if any(c.dated and c.dated > support.valid_from for c in evaluations):
        return []
    return [N_("an evaluation dated after the start")]


RULES: dict[tuple[Axis, str], Rule] = {
    (Axis.COMMITMENT, "0"): _search_note,
    (Axis.COMMITMENT, "1"): _any_of(None, N_("a statement or draft")),
    (Axis.COMMITMENT, "2"): _adopted,
    (Axis.COMMITMENT, "3"): _adopted,
    (Axis.COMMITMENT, "4"): _resourced,
    (Axis.PRACTICE, "0"): _search_note,
    (Axis.PRACTICE, "1"): _preparing,
    (Axis.PRACTICE, "2"): _any_of(OF_USE, N_("a training or service record, or a report of use")),
    (Axis.PRACTICE, "3"): _any_of(INDEPENDENT, N_("records or an independent report")),
    (Axis.PRACTICE, "4"): _evaluated,
}


def lacking(axis: Axis, code: str, support: Support, citations: Sequence[Cited]) -> list[str]:
    """What the level `code` of `axis` still lacks, as untranslated messages; empty when it is documented.

    A missing code needs no evidence, so nothing lacks.
    """
    if code not in LEVEL_CODES:
        return []
    return RULES[axis, code](support, [c for c in citations if c.axis.covers(axis)])
