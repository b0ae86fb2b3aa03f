"""Corrections: anyone may say that a published cell is wrong, and gets a public number, a state and an answer."""
