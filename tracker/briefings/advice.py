"""What named organisations recommend. Nothing of it is generated, and without it there is no such part."""

from tracker.briefings.desk import Desk, text
from tracker.briefings.document import Notice, Part, Table
from tracker.briefings.options import Grade
from tracker.kit.i18n import gettext as _

_ORDER = list(Grade)


def recommendations(desk: Desk) -> Part | None:
    """The strongest first; those of one grade in the order in which they were given."""
    given = sorted(desk.options.recommendations, key=lambda r: _ORDER.index(r.grade))
    if not given:
        return None
    says = {Grade.URGES: _("urges"), Grade.CONSIDERS: _("considers advisable"), Grade.INVITES: _("invites")}
    rows = tuple((text(r.organisation), text(says[r.grade]), text(r.text)) for r in given)
    table = Table(
        _("Recommendations and how strongly they are made"),
        (_("Organisation"), _("Grade"), _("Recommendation")),
        rows,
        (0.25, 0.15, 0.6),
    )
    notice = Notice(
        text(
            _(
                "These are the views of the organisations named. They are no finding of the record, and nothing in it ranks."
            )
        ),
    )
    return Part("recommendations", _("Recommendations"), 1, (notice, table))
