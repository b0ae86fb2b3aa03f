"""A mail server for each test, and the settings that name it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.mail.postbox import Postbox, open_postbox
from tracker.settings import Settings


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as box:
        yield box


@pytest.fixture
def mailing(settings: Settings, postbox: Postbox) -> Settings:
    return replace(settings, smtp=postbox.smtp)
