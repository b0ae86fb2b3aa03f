"""The fields of a citation on the report's principles: where the instrument says so is what states it."""

from typing import Any

from wtforms import RadioField, StringField, TextAreaField

from tracker.entries.models import LOCATOR_LENGTH, SHORT_LENGTH
from tracker.entries.principles import Stated, ordered
from tracker.kit.forms import AtMost, Form, choices, stripped
from tracker.kit.i18n import N_
from tracker.kit.i18n import gettext as _
from tracker.kit.vocabulary import Payment, Principle, word


def _where(label: str) -> StringField:
    return StringField(label, filters=[stripped], validators=[AtMost(LOCATOR_LENGTH)])


class PrinciplesForm(Form):
    """A field is named as its principle, and holds the locator."""

    trauma_informed = _where(N_("Trauma-informed: where it says so"))
    survivor_informed = _where(N_("Survivor-informed: where it says so"))
    survivor_how = TextAreaField(
        N_("How individuals who have experienced trafficking take part"),
        filters=[stripped],
        validators=[AtMost(SHORT_LENGTH)],
    )
    survivor_payment = RadioField(N_("Are they paid for it?"), default="not_said")
    disclosure_not_goal = _where(N_("Disclosure is not the goal: where it says so"))
    people_at_risk = _where(N_("People at risk are included: where it says so"))
    prevention_primary = _where(N_("Primary prevention: where it says so"))
    prevention_secondary = _where(N_("Secondary prevention: where it says so"))
    prevention_tertiary = _where(N_("Tertiary prevention: where it says so"))

    def prepare_principles(self) -> None:
        """Fill in the choices, in the current language."""
        if not self.survivor_payment.data:
            self.survivor_payment.data = Payment.NOT_SAID.value
        self.survivor_payment.choices = choices([(p.value, word("payment", p)) for p in Payment])

    @property
    def tells_of_principles(self) -> bool:
        """Whether anything is typed here."""
        paid = self.survivor_payment.data in (Payment.PAID, Payment.UNPAID)
        return paid or bool(self.survivor_how.data) or any(self[p.value].data for p in Principle)

    @property
    def faulty_principles(self) -> bool:
        return any(self[name].errors for name in (*Principle, "survivor_how", "survivor_payment"))

    def check_principles(self) -> bool:
        """Taking part without a locator is a fault: a reader could not look it up."""
        tells = self.survivor_how.data or self.survivor_payment.data in (Payment.PAID, Payment.UNPAID)
        if tells and not self.survivor_informed.data:
            self.survivor_informed.errors = [_("Say where the instrument says it: article, section or page.")]
            return False
        return True

    def stated(self) -> tuple[Stated, ...]:
        """What the instrument says, once validated."""
        return ordered(self._said(p) for p in Principle if self[p.value].data)

    def _said(self, principle: Principle) -> Stated:
        locator = self[principle.value].data
        if principle is not Principle.SURVIVOR_INFORMED:
            return Stated(principle, locator)
        return Stated(principle, locator, self.survivor_how.data, Payment(self.survivor_payment.data))


def principle_values(stated: tuple[Stated, ...]) -> dict[str, Any]:
    """What the fields show first."""
    values: dict[str, Any] = {s.principle.value: s.locator for s in stated}
    for s in stated:
        if s.payment:
            values |= {"survivor_how": s.how, "survivor_payment": s.payment.value}
    return values
