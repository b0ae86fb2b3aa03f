"""Words as people type them, and where they stand in a text."""

import pytest

from tracker.search.words import LONGEST, MOST_WORDS, fold, marked, words_of


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("training", ("training",)),
        ("  Training  of\tSTAFF ", ("training", "of", "staff")),
        ("Décret n° 12/2024", ("decret", "n", "12", "2024")),
        ("De\u0301cret", ("decret",)),
        ("staff STAFF Staff", ("staff",)),
        ("'\"*()^:-~%_\\", ()),
        ('NEAR(a b) OR "x" AND NOT y*', ("near", "a", "b", "or", "x", "and", "not", "y")),
        ("a\x00b", ("a", "b")),
        ("\ud800 law", ("law",)),
        ("Здоровье", ("здоровье",)),
        ("", ()),
    ],
)
def test_words_are_letters_and_digits(typed: str, words: tuple[str, ...]) -> None:
    assert words_of(typed).words == words


def test_little_is_not_enough_and_much_is_cut() -> None:
    assert not words_of("a b c").enough
    assert words_of("a bc").enough
    long = words_of(" ".join(f"w{n}" for n in range(50)))
    assert (len(long.words), long.cut) == (MOST_WORDS, True)
    huge = words_of("x" * 10_000)
    assert (len(huge.words[0]), huge.cut) == (LONGEST, True)


def test_accents_and_case_are_passed_over() -> None:
    assert fold("Ålesund, ÉCOLE, Ñandú") == "alesund, ecole, nandu"


def test_what_is_found_is_marked_as_it_stands() -> None:
    parts = marked("Le Décret: décrets & <b>decretum</b>", words_of("decret"))
    assert [p.text for p in parts if p.found] == ["Décret", "décrets", "decretum"]
    assert "".join(p.text for p in parts) == "Le Décret: décrets & <b>decretum</b>"


def test_short_words_are_found_whole_only() -> None:
    parts = marked("Article 3 of 30", words_of("3 article"))
    assert [p.text for p in parts if p.found] == ["Article", "3"]


def test_of_a_long_text_the_part_around_it_is_shown() -> None:
    text = "before " * 200 + "Training " + "after " * 200
    shown = "".join(p.text for p in marked(text, words_of("training")))
    assert "Training" in shown
    assert len(shown) < 500
    assert shown.startswith("… before")
    assert shown.endswith("after …")
