"""Briefings: a comparison turned into a document that can be cited, as a page and as a PDF."""
