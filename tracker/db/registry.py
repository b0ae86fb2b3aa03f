"""Every module that declares tables, named once, for migrations, tests and the wall."""

import importlib

MODULES = (
    "tracker.db.stamp",
    "tracker.access.models",
    "tracker.audit.models",
    "tracker.jurisdictions.models",
    "tracker.organisations.models",
    "tracker.frameworks.models",
    "tracker.instruments.models",
    "tracker.entries.models",
    "tracker.reviews.models",
    "tracker.notices.models",
    "tracker.corrections.models",
    "tracker.crosswalks.models",
    "tracker.privacy.models",
    "tracker.exchange.models",
    "tracker.criteria.models",
    "tracker.search.models",
    "tracker.compare.models",
    "tracker.opendata.models",
    "tracker.snapshots.models",
    "tracker.jobs.models",
    "tracker.editions.models",
    "tracker.mail.models",
    "tracker.packed.models",
)
# What must happen before a transaction commits; importing them says so to `tracker.db.session`.
KEEPERS = ("tracker.packed.service",)


def load() -> None:
    """Import every table, so that the metadata is whole, and every keeper. Imports by name: db knows no feature."""
    for module in MODULES + KEEPERS:
        importlib.import_module(module)
