"""Signs in a text that nobody sees, and texts that look the same."""

import unicodedata

# Persian and the scripts of India need them between letters.
_JOINERS = "\u200c\u200d"


def hidden(char: str) -> bool:
    """Whether a sign takes no room: of direction, without width, of control. Joiners of letters are none of them."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in _JOINERS


def alike(text: str) -> str:
    """What two names that read the same have in common: case, width, joiners and the number of spaces left out."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())
