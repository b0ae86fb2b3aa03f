"""Jurisdictions: countries, subdivisions, health systems and facility networks, as a tree."""
