"""Forms that send files. They are parsed in memory, so that no temporary file is left for nobody to close."""

from dataclasses import dataclass, field

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

MEDIA_TYPE = "multipart/form-data"
MOST_PARTS = 100


class Malformed(ValueError):
    """The body is not what its content type says."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent. `filename` is only what the sender called it."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """What a form sent: its texts in their order, and its files by field. A field left empty is absent."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, Upload] = field(default_factory=dict)


def parse(content_type: str, body: bytes) -> Parts:
    """The parts of a body that is bounded already. Raises Malformed."""
    parts = Parts()
    try:
        boundary = parse_options_header(content_type)[1].get("boundary", "")
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
            segment, content = None, bytearray()
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    segment, content = event, bytearray()
                elif event:
                    content += event
                elif segment is not None:
                    _add(parts, segment, bytes(content))
    except (MultipartError, ValueError) as error:
        raise Malformed(str(error)) from error
    return parts


def _add(parts: Parts, segment: MultipartSegment, content: bytes) -> None:
    if segment.filename is None:
        parts.fields.append((segment.name, content.decode()))
    elif segment.filename or content:
        parts.files[segment.name] = Upload(segment.filename, content)
