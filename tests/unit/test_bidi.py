"""Which way each character runs, as Unicode's own test file tells it."""

import unicodedata
from pathlib import Path

from tracker.briefings import bidi
from tracker.briefings.pdf import fonts

LINES = [
    line.split(";")
    for line in Path(__file__).with_name("bidi_lines.txt").read_text().splitlines()
    if not line.startswith("#")
]


def test_levels_and_order_are_those_of_unicode() -> None:
    wrong = []
    for codes, asked, base, levels, order in LINES:
        text = "".join(chr(int(code, 16)) for code in codes.split())
        found = bidi.base_level(text) if asked == "2" else int(asked)
        got = _at_the_end_of_a_line(text, bidi.levels(text, found), found)
        if (found, got, bidi.order(got)) != (int(base), _numbers(levels), _numbers(order)):
            wrong.append(codes)
    assert len(LINES) > 300
    assert not wrong


def _numbers(told: str) -> list[int]:
    return [int(number) for number in told.split()]


def _at_the_end_of_a_line(text: str, levels: list[int], base: int) -> list[int]:
    """Tabs, and spaces before them and at the end, run as the paragraph (L1): the typesetter has taken them out."""
    made, ends = list(levels), True
    for n in range(len(text) - 1, -1, -1):
        kind = unicodedata.bidirectional(text[n])
        ends = kind == "S" or (ends and kind == "WS")
        made[n] = base if ends else levels[n]
    return made


def test_what_the_faces_draw_turned_round_is_known() -> None:
    """But for one sign, the summation of two strokes, which Unicode has no counterpart of."""
    turned = {char for char in fonts.covered() if unicodedata.mirrored(char)}
    assert {char for char in turned if bidi.mirrored(char) == char} == {"⅀"}
    assert all(bidi.mirrored(bidi.mirrored(char)) == char for char in turned)


def test_many_brackets_take_no_longer_than_many_letters() -> None:
    """Of so many a step for each two would not end within the run."""
    for text in ("(א)" * 20_000, "(" * 30_000 + "א" + ")" * 30_000, "a(b) " * 12_000):
        assert len(bidi.levels(text, 0)) == len(text)
