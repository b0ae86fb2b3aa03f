"""The licences that the data of a release may be under."""

from tracker.kit.i18n import N_

LICENCES = {
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC0-1.0": ("Creative Commons Zero 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODC-BY-1.0": (
        "Open Data Commons Attribution License 1.0",
        "https://opendatacommons.org/licenses/by/1-0/",
    ),
    "ODbL-1.0": (
        "Open Data Commons Open Database License 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
}
REMAINDER = N_(
    "Titles, quotations, translations and the wording of frameworks keep the terms of their sources."
)


def title(licence: str) -> str:
    return LICENCES[licence][0]


def address(licence: str) -> str:
    return LICENCES[licence][1]
