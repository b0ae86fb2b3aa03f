"""A data folder for each test: no transaction rolls files back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.opendata.released import data_folder
from tracker.app import App
from tracker.settings import Settings


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Settings:
    """The settings with a data folder of the test's own."""
    return replace(settings, data_dir=tmp_path)


@pytest.fixture
def site(app: App, here: Settings) -> Iterator[App]:
    """The application on that folder."""
    with data_folder(app, here):
        yield app
