"""How much the check for personal data finds, and how often it errs: `python -m tests.privacy.measure`."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tracker.privacy.hits import Kind
from tracker.privacy.scan import scan

SENTENCES = Path(__file__).parents[1] / "data/personal-data.csv"
LANGUAGES = ("en", "fr", "es", "ar")
PARTS = {
    "held out": "Sentences held out: written after the patterns, which were not mended for them",
    "seen": "Sentences seen: the patterns were written with them, or mended for them",
}


@dataclass(frozen=True)
class Sentence:
    part: str
    language: str
    text: str
    kinds: frozenset[str]


@dataclass
class Measured:
    """By kind and language: sentences that have it, those where it was found, and those where it was and is not."""

    there: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    false: Counter[tuple[str, str]] = field(default_factory=Counter)


def sentences() -> list[Sentence]:
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(r["part"], r["language"], r["text"], frozenset(r["kinds"].split()) - {"none"})
            for r in csv.DictReader(file)
        ]


def measure(chosen: list[Sentence]) -> Measured:
    measured = Measured()
    for sentence in chosen:
        have = {hit.kind.value for hit in scan(sentence.text)}
        for kind in sentence.kinds:
            measured.there[kind, sentence.language] += 1
            measured.found[kind, sentence.language] += kind in have
        for kind in have - sentence.kinds:
            measured.false[kind, sentence.language] += 1
    return measured


def _cell(measured: Measured, kind: str, languages: tuple[str, ...]) -> str:
    there, found, false = (
        sum(counter[kind, language] for language in languages)
        for counter in (measured.there, measured.found, measured.false)
    )
    return (f"{found} of {there}" if there else "none there") + (f", {false} false" if false else "")


def table(part: str) -> str:
    """One part as a table: kind by language, found of those there, and false alarms where there are any."""
    chosen = [s for s in sentences() if s.part == part]
    measured, clean = measure(chosen), sum(not s.kinds for s in chosen)
    lines = [
        f"### {PARTS[part]}",
        "",
        f"{len(chosen)} sentences, {clean} of them without personal data.",
        "",
        "| kind | " + " | ".join(LANGUAGES) + " | all |",
        "| --- |" + " --- |" * (len(LANGUAGES) + 1),
    ]
    for kind in Kind:
        cells = [_cell(measured, kind.value, (language,)) for language in LANGUAGES]
        cells.append(_cell(measured, kind.value, LANGUAGES))
        lines.append(f"| {kind.value}{' (hint)' if kind.weak else ''} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print("\n".join(table(part) for part in PARTS), end="")
