"""Paths by route name, so that no template or redirect spells one out."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from litestar.routes import BaseRoute

_PARAMETER = re.compile(r"\{(\w+):\w+\}")


class Urls:
    """All named routes. `path("cell", code="XAA", ...)` fills in the current locale by itself."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self.patterns: dict[str, str] = {}
        for route in routes:
            for handler in getattr(route, "route_handlers", []):
                if handler.name:
                    self.patterns[handler.name] = _PARAMETER.sub(r"{\1}", route.path)

    def path(self, name: str, locale: str, **parameters: object) -> str:
        """The path of a route. Raises KeyError for an unknown name or a missing parameter."""
        filled = {key: quote(str(value), safe="@.") for key, value in parameters.items()}
        return self.patterns[name].format(locale=locale, **filled)
