"""The words of the record: codes as stored and published, and what each is called on a screen.

Codes are a contract (columns, URLs, files); words are translated when shown.
"""

from dataclasses import dataclass
from enum import StrEnum

from tracker.kit.i18n import N_, gettext


class Axis(StrEnum):
    COMMITMENT = "commitment"
    PRACTICE = "practice"


class Missing(StrEnum):
    """Why there is no level. Never blank, never 0."""

    NOT_ASSESSED = "not_assessed"
    NOT_APPLICABLE = "not_applicable"
    INCONCLUSIVE = "inconclusive"
    NO_RESPONSE = "no_response"
    WITHHELD = "withheld"


class Basis(StrEnum):
    BY_NAME = "by_name"
    EQUIVALENT = "equivalent"


class Scope(StrEnum):
    GENERAL = "general"
    TARGETED = "targeted"


class Principle(StrEnum):
    """What an instrument may say on the report's notable recommendations. Never scored."""

    TRAUMA_INFORMED = "trauma_informed"
    SURVIVOR_INFORMED = "survivor_informed"
    DISCLOSURE_NOT_GOAL = "disclosure_not_goal"
    PEOPLE_AT_RISK = "people_at_risk"
    PREVENTION_PRIMARY = "prevention_primary"
    PREVENTION_SECONDARY = "prevention_secondary"
    PREVENTION_TERTIARY = "prevention_tertiary"


class Payment(StrEnum):
    """Whether individuals who take part are paid, as far as the instrument says."""

    PAID = "paid"
    UNPAID = "unpaid"
    NOT_SAID = "not_said"


class Domain(StrEnum):
    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"
    RESEARCHER = "researcher"
    EDUCATOR = "educator"
    ALL = "all"


PRACTITIONER_DOMAINS = (Domain.INDIVIDUAL, Domain.ORGANIZATION, Domain.RESEARCHER, Domain.EDUCATOR)


class Voice(StrEnum):
    """Who speaks: the nearest steward of the jurisdiction, or an independent assessor."""

    SELF = "self"
    INDEPENDENT = "independent"


class Source(StrEnum):
    """Whose voice a comparison reads."""

    SELF = "self"
    INDEPENDENT = "independent"
    BEST = "best"
    ALL = "all"


class RevisionKind(StrEnum):
    CHANGE = "change"
    CORRECTION = "correction"


class DraftState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    NOTIFIED = "notified"


class OrganisationKind(StrEnum):
    MINISTRY = "ministry"
    HEALTH_SYSTEM = "health_system"
    NGO = "ngo"
    ACADEMIC = "academic"
    OPERATOR = "operator"


class MandateKind(StrEnum):
    STEWARD = "steward"
    ASSESSOR = "assessor"


class JurisdictionKind(StrEnum):
    COUNTRY = "country"
    SUBDIVISION = "subdivision"
    HEALTH_SYSTEM = "health_system"
    FACILITY_NETWORK = "facility_network"


class InstrumentKind(StrEnum):
    STATUTE = "statute"
    REGULATION = "regulation"
    POLICY = "policy"
    PLAN = "plan"
    STANDARD = "standard"
    GUIDELINE = "guideline"
    PROTOCOL = "protocol"
    CURRICULUM = "curriculum"
    AGREEMENT = "agreement"
    BUDGET = "budget"
    STATEMENT = "statement"
    DRAFT = "draft"
    TRAINING_RECORD = "training_record"
    SERVICE_RECORD = "service_record"
    REPORT = "report"
    INDEPENDENT_REPORT = "independent_report"
    EVALUATION = "evaluation"
    OTHER = "other"


class InstrumentEventKind(StrEnum):
    """What happened to a published instrument. `retracted` takes back an event that was recorded by mistake."""

    AMENDED = "amended"
    REPEALED = "repealed"
    DETAILS = "details"
    RETRACTED = "retracted"


class InstrumentState(StrEnum):
    """Whether an instrument is in force on a day. `ended`: its own term is over; nobody repealed it."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    ENDED = "ended"
    REPEALED = "repealed"


class PublishAs(StrEnum):
    """What the public gets of an attachment: nothing, the file, or its title and hash only."""

    NONE = "none"
    FILE = "file"
    HASH = "hash"


class CitationAxis(StrEnum):
    COMMITMENT = "commitment"
    PRACTICE = "practice"
    BOTH = "both"

    def covers(self, axis: Axis) -> bool:
        return self is CitationAxis.BOTH or self.value == axis.value


class Wording(StrEnum):
    """How an item's text stands to its source's."""

    TITLE = "title"
    PARAPHRASE = "paraphrase"
    VERBATIM = "verbatim"
    WITHHELD = "withheld"  # its licence lets nobody give it here: the item stands by its key


class Provenance(StrEnum):
    VERIFIED = "verified"
    SECONDARY = "secondary"


class Bindingness(StrEnum):
    """How far an item binds those it is addressed to, by its source."""

    BINDING = "binding"
    QUALIFIED = "qualified"
    RECOMMENDED = "recommended"
    INFORMATIVE = "informative"


class Relation(StrEnum):
    """How the source of a mapping relates to its target, after NIST set-theory mapping."""

    EQUAL = "equal"
    SUBSET_OF = "subset_of"
    SUPERSET_OF = "superset_of"
    INTERSECTS_WITH = "intersects_with"
    SUPPORTS = "supports"
    NO_RELATIONSHIP = "no_relationship"


LEVEL_CODES = ("0", "1", "2", "3", "4")
MISSING_CODES = tuple(m.value for m in Missing)
VALUE_CODES = LEVEL_CODES + MISSING_CODES

_WORDS: dict[str, str] = {
    # editions of a briefing
    "edition.draft": N_("draft"),
    "edition.final": N_("final"),
    "edition.superseded": N_("superseded"),
    # levels, one word per axis
    "commitment.0": N_("None found"),
    "commitment.1": N_("Proposed"),
    "commitment.2": N_("Adopted in part"),
    "commitment.3": N_("Adopted in full"),
    "commitment.4": N_("Adopted in full and resourced"),
    "practice.0": N_("None found"),
    "practice.1": N_("Preparing"),
    "practice.2": N_("In use in part"),
    "practice.3": N_("In general use"),
    "practice.4": N_("Routine"),
    # what each level means
    "meaning.commitment.0": N_("A search was made and nothing was found."),
    "meaning.commitment.1": N_("Announced, drafted or consulted on."),
    "meaning.commitment.2": N_(
        "Adopted for some professions, regions or facilities, or for some of the content."
    ),
    "meaning.commitment.3": N_("Adopted for the whole jurisdiction."),
    "meaning.commitment.4": N_("Adopted for the whole jurisdiction, with an owner and a budget."),
    "meaning.practice.0": N_("A search was made and nothing was found."),
    "meaning.practice.1": N_("An owner, protocol, curriculum or trainers are being put in place."),
    "meaning.practice.2": N_(
        "In use in some professions, regions or facilities, or for some of the content."
    ),
    "meaning.practice.3": N_("In use throughout the jurisdiction."),
    "meaning.practice.4": N_("Financed, monitored, and reviewed since it began."),
    # least evidence of each level
    "evidence.commitment.0": N_("a search note: who looked, where and when"),
    "evidence.commitment.1": N_("a statement or draft"),
    "evidence.commitment.2": N_("an instrument with its date and a locator"),
    "evidence.commitment.3": N_("an instrument with its date and a locator"),
    "evidence.commitment.4": N_("an instrument with its date and a locator, an owner and a budget"),
    "evidence.practice.0": N_("a search note: who looked, where and when"),
    "evidence.practice.1": N_("an owner, or a protocol, curriculum or plan"),
    "evidence.practice.2": N_("a training or service record, or a report of use"),
    "evidence.practice.3": N_("records or an independent report"),
    "evidence.practice.4": N_("an evaluation dated after the start"),
    # missing values
    "missing.not_assessed": N_("Not assessed"),
    "missing.not_applicable": N_("Not applicable"),
    "missing.inconclusive": N_("Inconclusive"),
    "missing.no_response": N_("No response"),
    "missing.withheld": N_("Withheld"),
    "meaning.missing.not_assessed": N_("Nobody has looked yet. This says nothing about adoption."),
    "meaning.missing.not_applicable": N_("The item does not apply here; the published reason says why."),
    "meaning.missing.inconclusive": N_("Somebody looked, and the sources do not settle it."),
    "meaning.missing.no_response": N_("The organisation was asked and did not answer."),
    "meaning.missing.withheld": N_("An answer exists and is not published."),
    "axis.commitment": N_("On paper"),
    "axis.practice": N_("In practice"),
    "axis.both": N_("Both"),
    "short.commitment": N_("paper"),
    "short.practice": N_("practice"),
    "basis.by_name": N_("By name"),
    "basis.equivalent": N_("Equivalent measure"),
    "meaning.basis.by_name": N_("The instrument names the competencies."),
    "meaning.basis.equivalent": N_("The instrument does the same without naming the competencies."),
    "principle.trauma_informed": N_("Trauma-informed"),
    "principle.survivor_informed": N_("Survivor-informed"),
    "principle.disclosure_not_goal": N_("Disclosure is not the goal"),
    "principle.people_at_risk": N_("People at risk are included"),
    "principle.prevention_primary": N_("Primary prevention"),
    "principle.prevention_secondary": N_("Secondary prevention"),
    "principle.prevention_tertiary": N_("Tertiary prevention"),
    "payment.paid": N_("Paid"),
    "payment.unpaid": N_("Unpaid"),
    "payment.not_said": N_("Payment not said"),
    "scope.general": N_("General"),
    "scope.targeted": N_("Targeted"),
    "domain.individual": N_("Individual practitioner"),
    "domain.organization": N_("Organization"),
    "domain.researcher": N_("Researcher"),
    "domain.educator": N_("Educator"),
    "domain.all": N_("All"),
    "voice.self": N_("Self-report"),
    "voice.independent": N_("Independent assessment"),
    "source.self": N_("Self-reports"),
    "source.independent": N_("Independent assessments"),
    "source.best": N_("Best verified"),
    "source.all": N_("Every voice"),
    "verification.V0": N_("Claimed"),
    "verification.V1": N_("Documented"),
    "verification.V2": N_("Reviewed"),
    "verification.V3": N_("Confirmed"),
    "state.draft": N_("Draft"),
    "state.submitted": N_("Submitted"),
    "state.returned": N_("Returned"),
    "state.notified": N_("Notified"),
    "state.published": N_("Published"),
    "state.superseded": N_("Superseded"),
    "state.corrected": N_("Corrected"),
    "state.withdrawn": N_("Withdrawn"),
    "kind.change": N_("Change"),
    "kind.correction": N_("Correction"),
    "organisation.ministry": N_("Ministry"),
    "organisation.health_system": N_("Health system"),
    "organisation.ngo": N_("NGO"),
    "organisation.academic": N_("Academic institution"),
    "organisation.operator": N_("Operator"),
    "mandate.steward": N_("Steward"),
    "mandate.assessor": N_("Assessor"),
    "jurisdiction.country": N_("Country"),
    "jurisdiction.subdivision": N_("Subdivision"),
    "jurisdiction.health_system": N_("Health system"),
    "jurisdiction.facility_network": N_("Facility network"),
    "role.viewer": N_("Viewer"),
    "role.contributor": N_("Contributor"),
    "role.reviewer": N_("Reviewer"),
    "role.admin": N_("Admin"),
    "role.operator": N_("Operator"),
    "instrument.statute": N_("Statute"),
    "instrument.regulation": N_("Regulation"),
    "instrument.policy": N_("Policy"),
    "instrument.plan": N_("Plan"),
    "instrument.standard": N_("Standard"),
    "instrument.guideline": N_("Guideline"),
    "instrument.protocol": N_("Protocol"),
    "instrument.curriculum": N_("Curriculum"),
    "instrument.agreement": N_("Agreement"),
    "instrument.budget": N_("Budget"),
    "instrument.statement": N_("Statement"),
    "instrument.draft": N_("Draft"),
    "instrument.training_record": N_("Training record"),
    "instrument.service_record": N_("Service record"),
    "instrument.report": N_("Report"),
    "instrument.independent_report": N_("Independent report"),
    "instrument.evaluation": N_("Evaluation"),
    "instrument.other": N_("Other document"),
    "event.amended": N_("Amended"),
    "event.repealed": N_("Repealed"),
    "event.details": N_("Details changed"),
    "event.retracted": N_("Taken back"),
    "in_force.in_force": N_("In force"),
    "in_force.not_yet": N_("Not yet in force"),
    "in_force.ended": N_("No longer in force"),
    "in_force.repealed": N_("Repealed"),
    "publish_as.none": N_("Keep it in the organisation"),
    "publish_as.file": N_("Publish the file"),
    "publish_as.hash": N_("Publish only its title and hash"),
    "media.application/pdf": N_("PDF document"),
    "media.image/png": N_("PNG image"),
    "media.image/jpeg": N_("JPEG image"),
    "media.text/csv": N_("CSV table"),
    "media.text/plain": N_("Plain text"),
    "relation.equal": N_("is equal to"),
    "relation.subset_of": N_("is a part of"),
    "relation.superset_of": N_("contains"),
    "relation.intersects_with": N_("overlaps with"),
    "relation.supports": N_("supports"),
    "relation.no_relationship": N_("has no relationship with"),
    "wording.title": N_("as published"),
    "wording.paraphrase": N_("our paraphrase"),
    "wording.verbatim": N_("the source's own words"),
    "wording.withheld": N_("not given here, for its licence does not allow it"),
    "succession.unchanged": N_("Unchanged"),
    "succession.added": N_("Added"),
    "succession.gone": N_("Gone"),
    "succession.split": N_("Split"),
    "succession.merged": N_("Merged"),
    "succession.renamed": N_("Renamed"),
    "succession.reworded": N_("Reworded"),
    "succession.moved": N_("Moved"),
    "succession.otherwise": N_("Other details"),
    "bindingness.binding": N_("Binding"),
    "bindingness.qualified": N_("Binding under conditions"),
    "bindingness.recommended": N_("Recommended"),
    "bindingness.informative": N_("For information"),
    "provenance.verified": N_("seen at the publisher's or a direct copy"),
    "provenance.secondary": N_("seen in another's copy: check against the original"),
    "report.received": N_("Received"),
    "report.accepted": N_("Accepted"),
    "report.declined": N_("Declined"),
    "report.purged": N_("Removed"),
    "side.source": N_("From"),
    "side.target": N_("To"),
    "item.mapped": N_("Mapped"),
    "item.no_counterpart": N_("No counterpart"),
    "item.open": N_("Not yet reviewed"),
    "difference.only_left": N_("Only in the first"),
    "difference.only_right": N_("Only in the second"),
    "difference.same": N_("The same"),
    "difference.differs": N_("Different"),
    "aspect.contested": N_("contested or no longer"),
    "aspect.verification": N_("verification"),
    "aspect.voice": N_("who speaks"),
    "aspect.basis": N_("basis"),
    "aspect.scope": N_("scope"),
    "aspect.evidence": N_("evidence"),
    "aspect.principles": N_("what an instrument says on the principles"),
    "peers.region": N_("Region"),
    "peers.subregion": N_("Part of a region"),
    "peers.income_group": N_("Income group (World Bank)"),
    "income.high": N_("High income"),
    "income.upper_middle": N_("Upper middle income"),
    "income.lower_middle": N_("Lower middle income"),
    "income.low": N_("Low income"),
    "income.not_classified": N_("Not classified"),
    "crosswalk.draft": N_("Editorial draft"),
    "crosswalk.published": N_("Published"),
    "crosswalk.superseded": N_("Superseded"),
}


def word(group: str, code: str) -> str:
    """What `code` of `group` ("axis", "basis", "meaning.practice", ...) is called in the current language.

    Raises KeyError for a code that the vocabulary does not have.
    """
    return gettext(_WORDS[f"{group}.{code}"])


@dataclass(frozen=True, slots=True)
class Value:
    """One axis of a cell: a level 0 to 4, or typed missing."""

    axis: Axis
    code: str

    @property
    def is_level(self) -> bool:
        return self.code in LEVEL_CODES

    @property
    def level(self) -> int | None:
        return int(self.code) if self.is_level else None

    @property
    def word(self) -> str:
        return word(self.axis.value if self.is_level else "missing", self.code)

    @property
    def axis_word(self) -> str:
        return word("axis", self.axis.value)


VALUES: dict[tuple[Axis, str], Value] = {(a, c): Value(a, c) for a in Axis for c in VALUE_CODES}


def value(axis: Axis, code: str) -> Value:
    """The shared Value of `code`, one of VALUE_CODES. Raises KeyError otherwise."""
    return VALUES[axis, code]
