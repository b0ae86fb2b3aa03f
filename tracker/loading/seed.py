"""Reading the files of `seed/`."""

import csv
from datetime import date, datetime
from pathlib import Path

SEED = Path(__file__).parents[2] / "seed"

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of `seed/{name}.csv`, each a dict by column; absent values are ""."""
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(file)]


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
