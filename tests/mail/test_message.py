"""One mail: its headers are ours, whatever a name or an address holds."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.mail.postbox import SENDER, text
from tracker.kit.vocabulary import OrganisationKind
from tracker.mail.message import BadAddress, compose
from tracker.organisations.service import new_organisation
from tracker.settings import Settings, SettingsError, Smtp, load

COUNTS = {"to_review": 2, "returned": 1}


def mail(settings: Settings, **changes: str) -> EmailMessage:
    ours = replace(settings, smtp=Smtp("127.0.0.1", 25, "none", SENDER), base_url="https://tracker.example")
    told = {"address": "reviewer@health.example", "name": "Health"} | changes
    health = new_organisation(key="health", name=told["name"], kind=OrganisationKind.MINISTRY)
    made = compose(ours, health, address=told["address"], counts=COUNTS)
    read = message_from_bytes(made.as_bytes(), policy=default)  # as whoever gets it reads it
    assert isinstance(read, EmailMessage)
    return read


def test_its_headers(settings: Settings) -> None:
    message = mail(settings)
    assert message["From"].addresses[0].addr_spec == SENDER
    assert message["To"] == "reviewer@health.example"
    assert message["Subject"] == "3 things wait for you at Health"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@tracker.example>")
    assert message["Date"].datetime is not None
    assert message.get_content_type() == "text/plain"
    assert mail(settings)["Message-ID"] != message["Message-ID"]


def test_its_text(settings: Settings) -> None:
    lines = text(mail(settings)).splitlines()
    assert lines[0].startswith("Health: what waits for you on ")
    assert lines[2:4] == ["- Entries returned to their authors: 1", "- Entries to review: 2"]
    assert "https://tracker.example/en/o/health/work" in lines
    assert "https://tracker.example/en/account/mail" in lines


@pytest.mark.parametrize(
    "name",
    [
        "Health\r\nBcc: everybody@example.org",
        "Health\nSubject: another",
        "Health\r\n\r\nAnother body",
        "Health\u2028Bcc: x@example.org",
        "Health\x00\x0b\x85",
        "Santé, Ministère de la \N{GREEK SMALL LETTER ALPHA}" * 20,
    ],
)
def test_a_name_adds_no_header(settings: Settings, name: str) -> None:
    message = mail(settings, name=name)
    assert sorted(message.keys()) == sorted(mail(settings).keys())
    assert message["Bcc"] is None
    assert len(message.get_all("Subject", [])) == 1
    assert message["To"] == "reviewer@health.example"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "A <a@example.org>",
        "a@example.org\x00",
        "ä@example.org",
        "@",
        "a b@example.org",
    ],
)
def test_an_address_is_one_address_or_none(settings: Settings, address: str) -> None:
    with pytest.raises(BadAddress):
        mail(settings, address=address)


def test_the_settings(tmp_path: object) -> None:
    base = {"TRACKER_DATA_DIR": str(tmp_path), "TRACKER_SECRET_KEY": "k" * 40}
    assert load(base).smtp is None
    named = base | {"TRACKER_SMTP_HOST": "mail.example", "TRACKER_SMTP_FROM": SENDER}
    assert load(named).smtp == Smtp("mail.example", 587, "starttls", SENDER)
    assert load(named | {"TRACKER_SMTP_SECURITY": "tls"}).smtp == Smtp("mail.example", 465, "tls", SENDER)
    secret = load(named | {"TRACKER_SMTP_USER": "u", "TRACKER_SMTP_PASSWORD": "p4ss"}).smtp
    assert secret is not None
    assert "p4ss" not in repr(secret)
    for wrong in (
        {"TRACKER_SMTP_SECURITY": "ssl"},
        {"TRACKER_SMTP_FROM": "nobody"},
        {"TRACKER_SMTP_FROM": "a@b\nc@d"},
        {"TRACKER_SMTP_PORT": "x"},
        {"TRACKER_MAIL_EVERY": "0"},
    ):
        with pytest.raises(SettingsError):
            load(named | wrong)
