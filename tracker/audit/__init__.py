"""The append-only, chained log of who changed what."""
