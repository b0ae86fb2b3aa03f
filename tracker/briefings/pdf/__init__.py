"""A briefing as PDF: the same Document gives the same bytes."""

from tracker.briefings.pdf.writer import draw

__all__ = ["draw"]
