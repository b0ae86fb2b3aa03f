"""Rows are rolled back after each test; the files beside the database go with them."""

import shutil
from collections.abc import Iterator

import pytest

from tracker.settings import Settings


@pytest.fixture(autouse=True)
def no_files_left(settings: Settings) -> Iterator[None]:
    yield
    shutil.rmtree(settings.data_dir / "attachments", ignore_errors=True)
