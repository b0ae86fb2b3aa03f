"""Organisations, their mandates and their workspace."""
