"""Refusing parameters that an operation does not have: a filter that is passed over gives an answer that looks filtered."""

from functools import cache
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from tracker.api.operations import OPERATIONS
from tracker.kit.errors import Invalid
from tracker.kit.i18n import gettext as _

# So many are named; more would only make the answer long.
MOST = 20


@cache
def _taken() -> dict[str, tuple[str, ...]]:
    """By the name of an operation's handler: the parameters of its query."""
    return {
        str(operation.handler.name): tuple(p.name for p in operation.told_parameters() if p.where == "query")
        for operation in OPERATIONS
    }


def known_only(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Litestar calls this before every handler. Raises Invalid naming each parameter that an operation does not have."""
    taken = _taken().get(str(handler.name))
    if taken is None or not connection.query_params:
        return
    told = (
        _("There is no such parameter here. There are: %(names)s.")
        if taken
        else _("There is no parameter here.")
    )
    strange = [name for name in connection.query_params if name not in taken][:MOST]
    if strange:
        raise Invalid({name[:60]: told % {"names": ", ".join(taken)} for name in strange})
