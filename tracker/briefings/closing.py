"""What closes a briefing: context with its sources, and what makes it again."""

from dataclasses import replace

from tracker.briefings.desk import Desk, text
from tracker.briefings.document import Bullets, Facts, Notice, Part, Run, Runs
from tracker.briefings.options import Edition, Frozen
from tracker.compare.query import DEFAULT_FRAMEWORK
from tracker.kit import licences
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import word


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
                    "In a 2016 study 67.6 % of individuals who had experienced trafficking had met a health professional while trafficked and "
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
    return Part("context", _("Context"), 2, (Bullets(tuple(told)),))


def data(desk: Desk) -> Part:
    """What makes the briefing again: the query, the moment, what was frozen; and where to say that it errs."""
    at, options = desk.comparison.at, desk.options
    rows: list[tuple[str, Runs]] = [(_("Query"), text(_query(desk)))]
    if options.snapshot:
        frozen = options.snapshot
        rows.append((_("Snapshot"), (Run(frozen.id, href=frozen.url),)))
        rows.append((_("SHA-256 of its data"), text(frozen.sha256)))
        if frozen.licence:
            rows.append((_("Licence"), _licence(frozen.licence)))
    if options.edition:
        edition = options.edition
        told = _("%(n)s, %(state)s") % {"n": edition.number, "state": word("edition", edition.state)}
        rows.append((_("Edition"), (Run(told, href=edition.url),)))
    pinned = {"on": at.on, "as_of": at.as_of}
    url = f"{desk.base_url}/{desk.locale}/"
    query = desk.comparison.query.url(**pinned)
    if options.edition:
        rows += [
            (_("The same as a page"), (desk.address(options.edition.url),)),
            (_("As files"), _edition_files(options.edition, options.snapshot)),
        ]
    else:
        rows += [
            (_("The same as a page"), (desk.address(f"{url}compare/briefing?{query}"),)),
            (_("As files"), _files(url, query)),
        ]
    framework = desk.comparison.framework
    if framework.licence:
        rows.append((_("Licence of the framework"), text(framework.licence)))
    if not (options.snapshot and options.snapshot.licence):  # of what is frozen it is said above
        terms = Run(_("as the page of open data states them"), href=f"{url}data")
        rows.append((_("Terms of the record's data"), (terms,)))
    rows.append(
        (
            _("Corrections"),
            text(
                _(
                    "Published entries are never overwritten. A correction is published beside what it corrects, and a "
                    "later briefing reads it; an error is reported on the page of the cell."
                )
            ),
        )
    )
    return Part(
        "data", _("Data and reproducibility"), 1, (Facts(tuple(rows)), Notice(text(*disclaimers(desk))))
    )


def _query(desk: Desk) -> str:
    """The parameters as they are given to `tracker compare`; of a register the codes stand in its table."""
    at = desk.comparison.at
    given = replace(desk.comparison.query, on=at.on, as_of=at.as_of).parameters()
    if not desk.in_full:
        told = _("%(n)s codes, which the table of jurisdictions and the JSON list")
        given["jurisdictions"] = told % {"n": len(desk.comparison.places)}
    return " · ".join(f"{name}={value}" for name, value in given.items())


def _files(url: str, query: str) -> Runs:
    """Links, and how their addresses follow from the one above, for whoever reads it on paper."""
    return (
        Run(_("Word file, for editing"), href=f"{url}compare/briefing.docx?{query}"),
        Run(" · "),
        Run(_("JSON, what it is made of"), href=f"{url}compare/briefing.json?{query}"),
        Run(" · "),
        Run(_("its tables as CSV, zipped"), href=f"{url}compare/briefing.zip?{query}"),
        Run(" · "),
        Run(_("the cells as CSV"), href=f"{url}compare.csv?{query}"),
        Run(" · "),
        Run(_("The address is that of the page with .docx, .json or .zip after “briefing”.")),
    )


def _edition_files(edition: Edition, frozen: Frozen | None) -> Runs:
    """Those of the edition itself: a briefing of its comparison has neither its messages nor its recommendations."""
    cells = (Run(_("the cells as CSV"), href=f"{frozen.url}.csv"), Run(" · ")) if frozen else ()
    return (
        Run(_("Word file, for editing"), href=f"{edition.url}/docx"),
        Run(" · "),
        Run(_("JSON, what it is made of"), href=f"{edition.url}/json"),
        Run(" · "),
        Run(_("its tables as CSV, zipped"), href=f"{edition.url}/zip"),
        Run(" · "),
        *cells,
        Run(_("The address is that of the page with /docx, /json or /zip after it.")),
    )


def _licence(key: str) -> Runs:
    """Its title, linked; what others wrote keeps its own terms."""
    return (
        Run(licences.title(key), href=licences.address(key)),
        Run(". " + _(licences.REMAINDER)),
    )


def disclaimers(desk: Desk) -> tuple[str, ...]:
    fictional = _("Fictional places are invented to show how the service works.")
    return (
        _("Not affiliated with HHS, UNU, WHO, IOM or HEAL."),
        _("Policy data only: no case data, no details of any individual."),
        _("No legal advice."),
        fictional if desk.comparison.fictional else "",
    )
