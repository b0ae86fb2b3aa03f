"""What closes a briefing: context with its sources, and how to cite."""

from tracker.briefings.desk import Desk, text
from tracker.briefings.document import Bullets, Notice, Part, Run, Runs, Text
from tracker.briefings.reading import text_block
from tracker.briefings.wording import day, moment
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.kit.i18n import gettext as _


def context(desk: Desk) -> Part | None:
    """Facts with their source, in its words; they are no part of the record. None where none bears on it."""
    comparison = desk.comparison
    told: list[Runs] = []
    if any(p.code.startswith(("USA", "US-")) for p in comparison.places):
        source = _("Source: HHS Office on Trafficking in Persons, 24 February 2021.")
        told.append(
            text(
                _(
                    "In 2020 the U.S. National Human Trafficking Hotline received reports of more "
                    "than 19,000 potential victims, and 1,600 of those calls were by health care and "
                    "behavioral health professionals."
                ),
                source,
            )
        )
        told.append(
            text(
                _(
                    "In a 2016 study 67.6 % of survivors had met a health professional while trafficked and "
                    "none was identified."
                ),
                source,
            )
        )
    if comparison.framework.key == DEFAULT_FRAMEWORK:
        told.append(
            text(
                _(
                    "“Disclosure is not the goal; rather, the primary goal is to provide excellent care to "
                    "all patients.”"
                ),
                _("Source: Core Competencies report, p. 19."),
            )
        )
    if not told:
        return None
    return Part("context", _("Context"), 1, (Bullets(tuple(told)),))


def citation(desk: Desk, question: str) -> Part:
    """How to cite, and whose document this is not."""
    at = desk.comparison.at
    url = desk.lasting_url
    reference = _("%(service)s. “%(question)s” Briefing, as of %(as_of)s, on what is in force on %(on)s.") % {
        "service": desk.service_name,
        "question": question,
        "as_of": moment(at.as_of),
        "on": day(at.on),
    }
    blocks: tuple[Text | Notice, ...] = (
        Text((Run(reference + " "), Run(url, href=url))),
        text_block(
            _(
                "The address spells out both dates, so it gives the same answer after later publications. "
                "Please cite the documents of the annex themselves for what they say."
            )
        ),
        Notice(text(*disclaimers(desk))),
    )
    return Part("cite", _("How to cite"), 1, blocks)


def disclaimers(desk: Desk) -> tuple[str, ...]:
    fictional = _("Fictional places are invented to show how the service works.")
    return (
        _("Not affiliated with HHS, UNU, WHO, IOM or HEAL."),
        _("Policy data only: no case data, no details of any individual."),
        _("No legal advice."),
        fictional if desk.comparison.fictional else "",
    )
