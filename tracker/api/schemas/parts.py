"""What the schemas of the API are put together from: JSON Schema (2020-12, as OpenAPI 3.1 has it)."""

from collections.abc import Iterable
from typing import Any

from tracker.kit.vocabulary import (
    MISSING_CODES,
    VALUE_CODES,
    Axis,
    Basis,
    Domain,
    Payment,
    Principle,
    RevisionKind,
    Scope,
    Voice,
)

Schema = dict[str, Any]


def text(description: str = "") -> Schema:
    return {"type": "string", "minLength": 1} | ({"description": description} if description else {})


def codes(values: Iterable[str], *more: str) -> Schema:
    return {"type": "string", "enum": [*(str(v) for v in values), *more]}


def day(absent: str = "unknown") -> Schema:
    return {"type": "string", "pattern": rf"^(\d{{4}}-\d\d-\d\d|{absent})$"}


def moment(absent: str = "") -> Schema:
    either = rf"|^{absent}$" if absent else ""
    return {"type": "string", "pattern": rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ${either}"}


def uid(absent: str = "") -> Schema:
    either = rf"|^{absent}$" if absent else ""
    return {"type": "string", "pattern": rf"^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}${either}"}


TEXT, BOOL = text(), {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
URL: Schema = {"type": "string", "pattern": "^https?://|^none$"}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def many(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def thing(**members: Schema) -> Schema:
    """An object that has these members and no others."""
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def listing(name: str, **meta: Schema) -> Schema:
    told = {"data": many(ref(name)), "links": ref("Links")}
    return thing(**told, **({"meta": thing(**meta)} if meta else {}))


def axes() -> Schema:
    told: Schema = {}
    for axis in Axis:
        told |= {
            axis.value: codes(VALUE_CODES),
            f"{axis}_missing_reason": codes(MISSING_CODES, "none"),
            f"{axis}_claimed": BOOL,
            f"{axis}_verification": codes(["V0", "V1", "V2", "V3"], "none"),
        }
    return told


PLACE: Schema = {"jurisdiction": TEXT, "jurisdiction_name": TEXT}
ITEM: Schema = {"framework": TEXT, "framework_version": TEXT, "item": TEXT}
CELL: Schema = PLACE | {"fictional": BOOL} | ITEM | {"domain": codes(Domain)}
SAID: Schema = (
    {
        "uid": uid(),
        "organisation": TEXT,
        "organisation_name": TEXT,
        "organisation_fictional": BOOL,
        "voice": codes(Voice),
    }
    | axes()
    | {
        "basis": codes(Basis, "none"),
        "scope": codes(Scope, "none"),
        "scope_note": TEXT,
        "valid_from": day(),
        "valid_to": day("open"),
        "owner": TEXT,
        "budget": TEXT,
        "search_who": TEXT,
        "search_where": TEXT,
        "search_when": day("none"),
        "not_applicable_reason": TEXT,
        "note": TEXT,
        "recorded_at": moment(),
        "last_confirmed_at": moment(),
    }
)
PAST: Schema = SAID | {
    "kind": codes(RevisionKind),
    "corrects": uid("none"),
    "corrected_at": moment("none"),
    "withdrawn_at": moment("none"),
    "withdrawal_reason": TEXT,
}

STATED = thing(principle=codes(Principle), locator=TEXT, how=TEXT, payment=codes(Payment, "none"))
