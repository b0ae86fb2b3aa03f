"""What a mail says: links, kinds and counts, the organisation's name; nothing that anybody wrote, and no person's name."""

from collections.abc import Mapping
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

from tracker.access.models import Organisation
from tracker.kit import clock, i18n
from tracker.kit.i18n import gettext as _
from tracker.kit.i18n import ngettext
from tracker.mail.models import LABELS, MailKind
from tracker.settings import Settings


class BadAddress(ValueError):
    """No mail can be sent to this address, or in its name."""


def one_line(text: str) -> str:
    """The text without line ends and other control characters: a name must not add a header to a mail."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def language_of(settings: Settings, organisation: Organisation) -> str:
    """The language of mail to an organisation's members: its own choice, where the service has it."""
    return organisation.language if organisation.language in settings.locales else settings.locales[0]


def compose(
    settings: Settings, organisation: Organisation, *, address: str, counts: Mapping[str, int]
) -> EmailMessage:
    """The mail to one member, in the organisation's language. Raises BadAddress."""
    name, number = one_line(organisation.name), sum(counts.values())
    with i18n.in_locale(language_of(settings, organisation)):
        waits = ngettext(
            "%(n)s thing waits for you at %(name)s", "%(n)s things wait for you at %(name)s", number
        )
        text = _text(settings, organisation.key, name, counts)
        return _message(settings, address, waits % {"n": number, "name": name}, text)


def compose_invitation(
    settings: Settings, organisation: Organisation, *, address: str, key: str, last: datetime
) -> EmailMessage:
    """The mail that holds the key of an invitation: the only place where it stands. Raises BadAddress."""
    name, locale = one_line(organisation.name), language_of(settings, organisation)
    with i18n.in_locale(locale):
        lines = [
            _("%(name)s invites you to its workspace in %(service)s.")
            % {"name": name, "service": one_line(settings.service_name)},
            "",
            _("Open this link to join. It works once, until %(day)s:") % {"day": i18n.format_date(last)},
            f"{settings.base_url}/{locale}/invitations/{key}",
            "",
            _("If you did not expect this, you need do nothing."),
            "",
        ]
        subject = _("An invitation to join %(name)s") % {"name": name}
        return _message(settings, address, subject, "\n".join(lines))


def _message(settings: Settings, address: str, subject: str, text: str) -> EmailMessage:
    assert settings.smtp is not None
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(settings.service_name), addr_spec=_checked(settings.smtp.sender))
    message["To"] = Address(addr_spec=_checked(address))
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.base_url).hostname)
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office notes, please (RFC 3834)
    message.set_content(text, cte="quoted-printable")
    return message


def _checked(address: str) -> str:
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise BadAddress("no address") from error
    if parsed.addr_spec != address or not address.isascii() or not address.isprintable():
        raise BadAddress("no address")
    return address


def _text(settings: Settings, organisation_key: str, name: str, counts: Mapping[str, int]) -> str:
    start = f"{settings.base_url}/{i18n.current_locale()}"
    lines = [
        _("%(name)s: what waits for you on %(day)s") % {"name": name, "day": i18n.format_date(clock.today())}
    ]
    lines += ["", *(f"- {_(LABELS[kind])}: {counts[kind]}" for kind in MailKind if counts.get(kind)), ""]
    lines += [f"{start}/o/{organisation_key}/work", ""]
    lines += [_("You get this at most once a day. Choose what you are told, or nothing at all, here:")]
    return "\n".join([*lines, f"{start}/account/mail", ""])
