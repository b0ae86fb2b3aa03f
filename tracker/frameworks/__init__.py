"""Frameworks in versions, and their items."""
