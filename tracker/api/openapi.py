"""The OpenAPI 3.1 document of the API, drawn from `tracker.api.operations`."""

from typing import Any

from tracker.api.operations import OPERATIONS, Operation, Parameter, examples
from tracker.api.schemas import SCHEMAS

VERSION = "1.0.0"
# What /api/v1/search?q=! is answered with; a test compares it.
REFUSAL = {
    "type": "about:blank",
    "title": "Something here can't be taken",
    "status": 422,
    "detail": "Give a word of at least 2 letters or digits.",
    "errors": [{"field": "q", "message": "Give a word of at least 2 letters or digits."}],
}
_SUCCESS = {200: "The answer", 201: "The draft was made", 204: "Done, and there is nothing to tell"}
_SCHEMA_OF = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "integer": {"type": "integer"},
}


def document(base_url: str, service_name: str) -> dict[str, Any]:
    """The whole document. `base_url`: the service's address, without a path."""
    told = examples(base_url)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, told.get(operation.name, {})
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{service_name}: API",
            "version": VERSION,
            "description": "The published record of adoption, to read by anyone; and an organisation's own drafts, "
            "to read and write with its token. No value is null or empty: what is missing says why.",
        },
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                "Problem": {
                    "description": "A refusal (RFC 9457)",
                    "content": {
                        "application/problem+json": {
                            "schema": {"$ref": "#/components/schemas/Problem"},
                            "example": REFUSAL,
                        }
                    },
                }
            },
        },
    }


def _operation(operation: Operation, example: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": [_parameter(p) for p in operation.told_parameters()] + _preconditions(operation),
        "responses": _responses(operation, example),
        "security": [{"token": []}] if operation.scope else [],
    }
    if operation.scope:
        told["description"] = f"Needs a token with the scope {operation.scope}."
    if operation.takes:
        content = {"schema": {"$ref": f"#/components/schemas/{operation.takes}"}}
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": content | _example(example, "body")},
        }
    if operation.files:
        # The first is that of the example.
        told["requestBody"] = {
            "required": True,
            "content": {
                kind: {"schema": {}} | (_example(example, "body") if kind == operation.files[0] else {})
                for kind in operation.files
            },
        }
    if operation.deprecated:
        told["deprecated"] = True
    return told


def _parameter(p: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(_SCHEMA_OF.get(p.kind, {"type": "string"}))
    if p.allowed:
        schema["enum"] = list(p.allowed)
    told = {
        "name": p.name,
        "in": p.where,
        "description": p.words,
        "required": p.where == "path" or p.required,
    }
    example: Any = int(p.example) if schema["type"] == "integer" else p.example
    return told | {"schema": schema} | ({"example": example} if p.example else {})


def _preconditions(operation: Operation) -> list[dict[str, Any]]:
    known = "The ETag that you hold: 304 where it still holds."
    if operation.method == "GET":
        return [_header("If-None-Match", known)]
    if operation.files:
        return []
    told = [_header("If-Match", "The ETag of the draft that you read.")]
    if operation.takes:
        told.append(_header("If-None-Match", "`*` where there is no draft yet."))
    return told


def _header(name: str, words: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": words, "schema": {"type": "string"}}


def _responses(operation: Operation, example: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for status in operation.statuses:
        told[str(status)] = {"description": _SUCCESS[status]}
        if operation.schema and status != 204:
            content = {"schema": {"$ref": f"#/components/schemas/{operation.schema}"}}
            if not operation.files:
                told[str(status)]["headers"] = {"ETag": {"schema": {"type": "string"}}}
            told[str(status)] |= {
                "content": {"application/json": content | _example(example, "answer")},
            }
    if operation.method == "GET":
        told["304"] = {"description": "What you hold is what is stored"}
    return told | {"default": {"$ref": "#/components/responses/Problem"}}


def _example(example: dict[str, Any], name: str) -> dict[str, Any]:
    return {"example": example[name]} if name in example else {}
