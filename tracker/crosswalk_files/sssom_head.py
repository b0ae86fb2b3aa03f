"""The metadata block of SSSOM TSV: YAML behind #, read with nothing in it that YAML makes dangerous.

No aliases, anchors or tags (SSSOM forbids them too), few levels, few lines; every scalar stays the text it was.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import yaml

from tracker.frameworks.tree import Fault, Unreadable
from tracker.kit.i18n import gettext as _

LARGEST_HEAD = 64 * 1024  # characters
DEEPEST = 6
ITEMS = "urn:tracker:framework:"  # as in the frameworks' SKOS


def item_space(framework: str) -> str:
    """What the keys of a framework version (`key@version`) stand behind, to make an item's name worldwide."""
    return ITEMS + ":".join(quote(part, safe="") for part in framework.split("@")) + ":"


def framework_of(space: str) -> str:
    """The `key@version` of such a beginning; "" when it is none of ours."""
    parts = space.removeprefix(ITEMS).rstrip(":").split(":")
    ours = space.startswith(ITEMS) and len(parts) == 2 and all(parts)
    return "@".join(unquote(part) for part in parts) if ours else ""


def dump(head: Mapping[str, Any]) -> str:
    """The block, each line with its #."""
    text = yaml.safe_dump(dict(head), sort_keys=False, allow_unicode=True, width=10**6)
    return "".join(f"#{line}\n" for line in text.rstrip("\n").split("\n"))


def load(block: str) -> dict[str, Any]:
    """The block without its #, as texts, lists and mappings of them. Raises Unreadable."""
    if len(block) > LARGEST_HEAD:
        raise _unreadable(
            _("The metadata block is longer than %(most)s characters.") % {"most": LARGEST_HEAD}
        )
    try:
        _check(block)
        found = yaml.load(block, Loader=yaml.BaseLoader)  # nosec B506: it makes nothing but texts, lists, dicts
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = _("row %(number)s") % {"number": line + 1} if line is not None else ""
        raise _unreadable(
            _("The metadata block is no YAML: %(why)s.") % {"why": _why(error)}, where
        ) from None
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise _unreadable(_("The metadata block is no list of names with their values."))
    return found


def _why(error: yaml.YAMLError) -> str:
    return re.sub(r"\s+", " ", str(getattr(error, "problem", "") or error))[:100]


def _check(block: str) -> None:
    """Refuse before anything is built what could grow, nest or name a type."""
    depth = 0
    for event in yaml.parse(block, Loader=yaml.BaseLoader):
        if (
            isinstance(event, yaml.AliasEvent)
            or getattr(event, "anchor", None)
            or getattr(event, "tag", None)
        ):
            where = _("row %(number)s") % {"number": event.start_mark.line + 1}
            raise _unreadable(_("SSSOM takes no YAML anchors, aliases or tags."), where)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _unreadable(_("The metadata block is nested too deep."))


def _unreadable(text: str, where: str = "") -> Unreadable:
    return Unreadable((Fault(where, _("metadata"), text),))
