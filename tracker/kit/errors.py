"""What can go wrong by a person's doing, in words that a page can show. Everything else is a defect of ours."""

from collections.abc import Mapping


class Refused(Exception):
    """The base of all refusals; `str()` of it is one or more plain sentences, translated."""


class NotFound(Refused):
    """There is no such thing, or not for you: an outsider can't tell which."""


class Forbidden(Refused):
    """It is there, and your role may not do this."""


class Conflict(Refused):
    """It has changed, or is in another state, since you looked."""


class TooBusy(Refused):
    """It could be done, but too many ask for it at this moment."""


class Invalid(Refused):
    """What was given can't be taken. `faults` maps a field's name to its message."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(self.faults.values()))
