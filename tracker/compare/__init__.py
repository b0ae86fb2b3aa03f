"""Comparing jurisdictions: one query for page, CSV and briefing."""
