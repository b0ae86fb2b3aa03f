"""A real mail server on this machine that keeps what it is sent, and can be told to refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.services.ports import free_port
from tracker.settings import Smtp

SENDER = "tracker@secretariat.example"


@dataclass
class Postbox:
    """What arrived, in order: (recipients, message). `refusals`: what to answer to a recipient."""

    port: int = 0
    arrived: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if refusal := self.refusals.get(address) or self.refusals.get("*"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.arrived.append((list(envelope.rcpt_tos), message))
        return "250 OK"

    @property
    def smtp(self) -> Smtp:
        return Smtp("127.0.0.1", self.port, "none", SENDER)

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for somebody."""
        return [message for recipients, message in self.arrived if recipients == [address]]

    def empty(self) -> None:
        self.arrived.clear()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="localhost")


@contextmanager
def open_postbox() -> Iterator[Postbox]:
    box = Postbox(free_port())
    server = _Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def text(message: EmailMessage) -> str:
    """The words of a message, its lines joined as they were written."""
    return str(message.get_content())
