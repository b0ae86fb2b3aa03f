"""The shapes of answers and bodies as JSON Schema (2020-12, as OpenAPI 3.1 has it). Every member is always there."""

from tracker.api.schemas import published, reference, said, sent
from tracker.api.schemas.parts import Schema

SCHEMAS: dict[str, Schema] = {**reference.SCHEMAS, **said.SCHEMAS, **published.SCHEMAS, **sent.SCHEMAS}
