"""What a mail says: links, kinds and counts; nothing that anybody wrote, and nobody's name."""

from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from urllib.parse import urlsplit

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


def compose(
    settings: Settings,
    *,
    address: str,
    organisation_key: str,
    organisation_name: str,
    counts: Mapping[str, int],
) -> EmailMessage:
    """The mail to one member, in the service's first language. Raises BadAddress."""
    assert settings.smtp is not None
    name, number = one_line(organisation_name), sum(counts.values())
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(settings.service_name), addr_spec=_checked(settings.smtp.sender))
    message["To"] = Address(addr_spec=_checked(address))
    waits = ngettext("%(n)s thing waits for you at %(name)s", "%(n)s things wait for you at %(name)s", number)
    message["Subject"] = waits % {"n": number, "name": name}
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.base_url).hostname)
    message["Auto-Submitted"] = "auto-generated"  # no out-of-office notes, please (RFC 3834)
    message.set_content(_text(settings, organisation_key, name, counts), cte="quoted-printable")
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
    start = f"{settings.base_url}/{settings.locales[0]}"
    lines = [
        _("%(name)s: what waits for you on %(day)s") % {"name": name, "day": i18n.format_date(clock.today())}
    ]
    lines += ["", *(f"- {_(LABELS[kind])}: {counts[kind]}" for kind in MailKind if counts.get(kind)), ""]
    lines += [f"{start}/o/{organisation_key}/work", ""]
    lines += [_("You get this at most once a day. Choose what you are told, or nothing at all, here:")]
    return "\n".join([*lines, f"{start}/account/mail", ""])
