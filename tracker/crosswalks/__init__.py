"""Crosswalks: reviewed mappings between the items of two framework versions."""
