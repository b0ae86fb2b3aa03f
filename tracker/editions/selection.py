"""The fields that say what a briefing compares: those of the compare page, which they begin from."""

from urllib.parse import parse_qsl

from wtforms import HiddenField, SelectField, StringField, TextAreaField

from tracker.compare.query import Query, parse
from tracker.editions.boxes import Boxes
from tracker.frameworks.queries import Framework
from tracker.kit.forms import AtMost, Form, Needed, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Axis, Basis, Domain, Source, word

MOST_TYPED = 20000
# What is chosen here. The rest of a query, such as what is shown of it, goes through as it came.
NAMES = ("items", "domains", "axis", "basis", "source", "on", "as_of")


class SelectionForm(Form):
    """What is compared. `query`: the rest of the comparison's query, as in the address of the compare page.

    What can't be taken is told by the comparison itself, in its own words, so the fields check no choices.
    """

    query = HiddenField()
    framework = HiddenField()
    version = HiddenField(default="0")
    jurisdictions = TextAreaField(
        N_("Jurisdictions"),
        filters=[stripped],
        validators=[Needed(N_("Name at least one jurisdiction.")), AtMost(MOST_TYPED)],
    )
    items = Boxes(N_("Items"), validate_choice=False)
    domains = Boxes(N_("Domains"), validate_choice=False)
    axis = SelectField(N_("Scale"), validate_choice=False)
    basis = SelectField(N_("Basis"), validate_choice=False)
    source = SelectField(N_("Whose voice"), validate_choice=False)
    on = StringField(N_("In force on"), filters=[stripped], validators=[AtMost(40)])
    as_of = StringField(N_("Published by"), filters=[stripped], validators=[AtMost(40)])

    def offer(self, framework: Framework | None) -> None:
        """Fill in the choices, in the current language."""
        items = framework.items if framework else ()
        told = [(i.key, f"{i.source_number}: {i.label}" if i.source_number else i.label) for i in items]
        self.items.choices = choices(told)
        domains = framework.domains if framework else ()
        self.domains.choices = choices(
            [(d.value, word("domain", d.value)) for d in domains if d is not Domain.ALL]
        )
        axes = [(a.value, word("axis", a.value)) for a in Axis]
        self.axis.choices = choices([("both", _("On paper and in practice")), *axes])
        self.basis.choices = choices([("", _("Either")), *[(b.value, word("basis", b.value)) for b in Basis]])
        self.source.choices = choices([(s.value, word("source", s.value)) for s in Source])

    @property
    def narrowed(self) -> bool:
        """Whether something else than the jurisdictions is chosen, or at fault."""
        plain = {"axis": "both", "source": "best"}
        fields = [self[name] for name in NAMES]
        return any(f.errors or (f.data and f.data != plain.get(f.name)) for f in fields)

    def asked(self) -> Query:
        """The query. Raises Invalid for parameters that can't be taken."""
        given = dict(parse_qsl((self.query.data or "")[:4000]))
        typed = {name: self[name].data for name in ("framework", *NAMES)}
        given |= {n: ",".join(v) if isinstance(v, list) else v for n, v in typed.items() if v}
        codes = (self.jurisdictions.data or "").replace(",", " ").split()
        return parse(given | {"jurisdictions": ",".join(codes), "through": "", "layout": ""})


def values_of(query: Query) -> dict[str, object]:
    """What the fields show for a query."""
    rest = Query(show=query.show, principle=query.principle).parameters()
    stated = query.parameters()
    return {
        "query": "&".join(f"{name}={rest[name]}" for name in ("show", "principle") if name in rest),
        "framework": query.framework,
        "jurisdictions": ", ".join(query.jurisdictions),
        "items": list(query.items),
        "domains": [d.value for d in query.domains],
        "axis": query.axis,
        "basis": query.basis.value if query.basis else "",
        "source": query.source.value,
        "on": stated.get("on", ""),
        "as_of": stated.get("as_of", ""),
    }
