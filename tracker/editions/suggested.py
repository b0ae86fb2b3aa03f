"""The key messages that the rules suggest for an edition, for a person to choose from."""

from dataclasses import dataclass

from tracker.briefings.annex import register
from tracker.briefings.desk import Desk
from tracker.briefings.messages import generated
from tracker.briefings.own_words import code_of
from tracker.editions.assembly import Gathered, speaking


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`first_choice`: it is among those of a briefing that nobody edited. `cells`: codes of all that it rests on."""

    key: str
    title: str
    sentence: str
    first_choice: bool
    cells: tuple[str, ...] = ()

    @property
    def facts(self) -> tuple[object, ...]:
        """What it says: its numbers are in the sentence, its references are the cells."""
        return self.title, self.sentence, frozenset(self.cells)


def suggestions(of: Gathered) -> list[Suggestion]:
    """In the order of the rules."""
    comparison, locale = of.snapshot.comparison, of.told.content.locale
    with speaking(locale):
        desk = Desk(
            comparison,
            register(comparison),
            of.desk.base_url,
            locale,
            of.desk.service_name,
            of.options,
            of.beside,
        )
        return [
            Suggestion(
                m.key,
                m.title,
                m.sentence,
                m.first_choice,
                tuple(dict.fromkeys(code_of(cell) for cell in m.cells)),
            )
            for m in generated(desk)
        ]
