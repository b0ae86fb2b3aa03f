"""The log as CSV, for spreadsheets and archives."""

import csv
import io
import json
from collections.abc import Iterable

from tracker.exchange.columns import marked
from tracker.log.queries import Event

COLUMNS = ("at", "who", "action", "action_word", "subject", "detail", "event")


def write(events: Iterable[Event]) -> str:
    """A row for each event, no cell blank; `detail` is JSON."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for event in events:
        detail = json.dumps(event.detail, ensure_ascii=False, sort_keys=True)
        row = (event.moment, event.who, event.action, event.word, event.subject, detail, str(event.id))
        writer.writerow([marked(text) for text in row])
    return out.getvalue()
