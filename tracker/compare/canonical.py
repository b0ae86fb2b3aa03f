"""JSON in one way only, so that the same content is the same bytes."""

import json
from typing import Any


def canonical_json(content: Any) -> bytes:
    """UTF-8, keys sorted, no space between tokens, one line end. `content` holds no floats: they have no one form."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse)
    return f"{text}\n".encode()


def _refuse(content: object) -> Any:
    raise TypeError(f"{type(content).__name__} is not put into canonical JSON")
