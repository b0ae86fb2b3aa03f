"""Releases of a test's own data folder, as in tests/opendata."""

from tests.opendata.conftest import here, site

__all__ = ["here", "site"]
