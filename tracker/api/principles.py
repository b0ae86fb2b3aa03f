"""What a cited instrument says on the report's principles, as the API tells and takes it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tracker.entries.content import Citation
from tracker.entries.principles import PRINCIPLE_FIELDS, Stated
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Payment, Principle

Pairs = list[tuple[str, str]]
NAME = "principles"
_SURVIVORS = Principle.SURVIVOR_INFORMED


def told(stated: Iterable[Stated]) -> list[dict[str, str]]:
    """One object a principle. `how` and `payment` are none but for the survivor-informed one."""
    return [
        {
            "principle": s.principle.value,
            "locator": s.locator,
            "how": s.how or "none",
            "payment": s.payment.value if s.payment else "none",
        }
        for s in stated
    ]


def kept(sent: Mapping[str, Any], before: Sequence[Citation]) -> list[dict[str, str]]:
    """What the stored citation says that a sent one without the member stands for.

    It is one of the same instrument, and of several the one at the same place in it.
    """
    same = [c for c in before if str(c.instrument) == sent.get("instrument")]
    here = (sent.get("axis"), sent.get("locator"))
    best = max(same, key=lambda c: ((c.axis.value, c.locator) == here, c.locator == here[1]), default=None)
    return told(best.principles) if best else []


def pairs(sent: Any, before: str, at: str, faults: dict[str, str]) -> Pairs:
    """Pairs of the form of a citation. `before`: what their names begin with; `at`: the citation's path."""
    if not isinstance(sent, list) or len(sent) > len(Principle):
        faults[f"{at}{NAME}"] = _("Give a list of the principles that the instrument states, each once.")
        return []
    found: Pairs = []
    for n, one in enumerate(sent):
        here = f"{at}{NAME}/{n}"
        if not isinstance(one, dict):
            faults[here] = _("This must be an object.")
            continue
        faults |= {
            f"{here}/{str(name)[:60]}": _("There is no such member.")
            for name in one
            if name not in PRINCIPLE_FIELDS
        }
        found += _one(one, before, here, faults)
    names = [name for name, _value in found]
    if len(names) != len(set(names)):
        faults[f"{at}{NAME}"] = _("Give a list of the principles that the instrument states, each once.")
    return found


def _one(sent: Mapping[str, Any], before: str, at: str, faults: dict[str, str]) -> Pairs:
    texts = {name: sent.get(name, "none") for name in PRINCIPLE_FIELDS}
    for name, value in texts.items():
        if not isinstance(value, str) or "\x00" in value:
            faults[f"{at}/{name}"] = _("This must be a text.")
            return []
    if texts["principle"] not in list(Principle):
        faults[f"{at}/principle"] = _("Choose one of the principles.")
        return []
    if texts["locator"].strip() in ("", "none"):
        faults[f"{at}/locator"] = _("Say where the instrument says it: article, section or page.")
    how, payment = ("" if texts[name] == "none" else texts[name] for name in ("how", "payment"))
    found = [(before + texts["principle"], texts["locator"])]
    if texts["principle"] == _SURVIVORS:
        return [
            *found,
            (f"{before}survivor_how", how),
            (f"{before}survivor_payment", payment or Payment.NOT_SAID),
        ]
    for name, value in (("how", how), ("payment", payment)):
        if value:
            faults[f"{at}/{name}"] = _("Only the survivor-informed principle has this.")
    return found


def path_of(field: str) -> str:
    """The path, within its citation, of a field of the form."""
    if field in ("survivor_how", "survivor_payment"):
        return f"{NAME}/{_SURVIVORS.value}/{field.removeprefix('survivor_')}"
    return f"{NAME}/{field}/locator" if field in list(Principle) else field
