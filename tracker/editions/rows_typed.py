"""Reading the rows of the composer's form by the names of their fields, with what is wrong with them."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tracker.briefings.own_words import named_in, without_names
from tracker.editions.content import GRADES, MOST_MESSAGES, MOST_OWN, MOST_RECOMMENDATIONS
from tracker.editions.models import TEXT_LENGTH
from tracker.editions.rows import AdviceRow, MessageRow, OwnRow, Rows, filled
from tracker.editions.suggested import Suggestion
from tracker.kit.forms import FormData, number_of, stripped
from tracker.kit.i18n import gettext as _


def rows_typed(
    data: FormData,
    suggestions: list[Suggestion],
    known: Collection[str],
    before: Mapping[str, str] = MappingProxyType({}),
) -> Rows:
    """What was typed, with its faults. `known`: codes of the cells that a message in own words may name.

    `before`: the words of the edition before, by the key of their message, for those who ticked that they take them.
    """
    rows = Rows(messages=[_message_typed(data, s, before.get(s.key, "")) for s in suggestions])
    rows.own = list(_own_typed(data, known))
    used = len(rows.used)
    if (suggestions or used) and not 1 <= used <= MOST_MESSAGES:
        rows.fault = _("Choose one to five key messages; these are %(n)s.") % {"n": used}
    for n in range(1, MOST_RECOMMENDATIONS + 1):
        text = stripped(data.first(f"advice-{n}-text"))
        grade = data.first(f"advice-{n}-grade")
        row = AdviceRow(number=len(rows.advice) + 1, grade=grade, text=text)
        chosen = grade in GRADES if grade else not text
        row.check(grade="" if chosen else _("Choose how strongly it is recommended."), text=_too_long(text))
        if text or row.faults:
            rows.advice.append(row)
    return filled(rows)


def _message_typed(data: FormData, s: Suggestion, before: str) -> MessageRow:
    text = stripped(data.first(f"message-{s.key}-text"))
    order = data.first(f"message-{s.key}-order").strip()
    take = data.first(f"message-{s.key}-take") == "yes" and bool(before)
    row = MessageRow(
        suggestion=s, used=data.first(f"message-{s.key}-use") == "yes", order=order, text=text, take=take
    )
    twice = take and text and text != before
    if take and not text:
        row.text = before
    row.check(
        order=_no_place(order) if row.used else "",
        take=_("Take the words of the edition before, or write others: not both.") if twice else "",
        use=_("Tick it to have it in the briefing in these words.") if take and not row.used else "",
        text=_too_long(text),
    )
    return row


def _own_typed(data: FormData, known: Collection[str]) -> Iterator[OwnRow]:
    shown = 0
    for n in range(1, MOST_OWN + 1):
        text, order = stripped(data.first(f"own-{n}-text")), data.first(f"own-{n}-order").strip()
        if text:
            shown += 1
            row = OwnRow(number=shown, order=order, text=text)
            row.check(text=_too_long(text) or _names_no_cell(text, known), order=_no_place(order))
            yield row


def _names_no_cell(text: str, known: Collection[str]) -> str:
    """Nothing in a briefing stands without what it rests on."""
    codes = named_in(text)
    if not codes:
        return _("Name the cells that it rests on in square brackets, such as [%(code)s].") % {
            "code": next(iter(known), "XAA/HTCC-C1/individual")
        }
    lost = [code for code in codes if code not in known]
    if lost:
        return _("There is no cell %(codes)s in this comparison.") % {"codes": ", ".join(lost[:3])}
    return "" if without_names(text) else _("Write a sentence beside the names of its cells.")


def _no_place(order: str) -> str:
    if 0 < number_of(order) < 100:
        return ""
    return _("Give its place in the order as a whole number from 1 on.")


def _too_long(text: str) -> str:
    if len(text) <= TEXT_LENGTH:
        return ""
    told: dict[str, Any] = {"most": TEXT_LENGTH, "size": len(text)}
    return _("Use at most %(most)s characters; this has %(size)s.") % told
