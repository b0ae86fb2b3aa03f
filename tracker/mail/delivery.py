"""Handing one message to the mail server, and what to think of its refusal."""

import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage

from tracker.mail.message import BadAddress
from tracker.settings import Smtp

# When to try again after each try that failed for a while; after the last, the mail has failed.
AFTER = [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)]
PATIENCE = 30  # seconds that a mail server may take for an answer


def is_for_good(error: Exception) -> bool:
    """Whether trying again is of no use."""
    # A wrong password is the operator's to mend, not the mail's fault.
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    return isinstance(error, BadAddress | smtplib.SMTPNotSupportedError) or 500 <= _code(error) < 600


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=0)
    return int(getattr(error, "smtp_code", 0) or 0)


def fault_of(error: Exception) -> str:
    """The kind of fault and the server's code: its words may repeat the address."""
    return f"{type(error).__name__} {_code(error) or ''}".strip()[:120]


def deliver(smtp: Smtp, message: EmailMessage, address: str) -> None:
    """Hand one message to the mail server. Blocks; raises OSError or SMTPException."""
    context = ssl.create_default_context()
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=PATIENCE)
    with server:
        if smtp.security == "starttls":
            server.starttls(context=context)
        if smtp.user:
            server.login(smtp.user, smtp.password)
        server.send_message(message, smtp.sender, [address])
