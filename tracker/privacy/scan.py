"""The check for personal data: signs in a text, by pattern and check digit. A help to who reads, never a guarantee."""

from tracker.privacy import numbers, people
from tracker.privacy.fold import fold
from tracker.privacy.furniture import blanked
from tracker.privacy.hits import Hit, Sign, hits_in, settled


def scan(text: str, *, language: str | None = None) -> list[Hit]:
    """The signs of personal data in a text, in order of place, none over another.

    `language` (a code such as "fr") only chooses whose national telephone numbers are tried; all of them if
    absent. Every pattern of every language is tried always, for a quote may be in any.
    """
    folded = fold(text)
    plain, without_furniture = folded.text, blanked(folded.text)
    found = [
        *numbers.emails(plain),
        *numbers.bank_accounts(plain),
        *numbers.identity_numbers(without_furniture),
        *numbers.case_numbers(plain),
        *numbers.phones(without_furniture, language),
        *people.signs(plain),
    ]
    placed = [Sign(s.kind, *folded.span(s.start, s.end), s.words) for s in settled(found)]
    return hits_in(text, placed)
