"""Briefings that an organisation composes, in numbered editions: draft, submitted, final; and asks for again."""
