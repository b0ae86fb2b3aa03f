"""Entries: what one organisation says of one cell, from draft to published revision."""
