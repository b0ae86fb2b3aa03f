"""Frozen comparisons: stored, cited, taken away as files, and re-executed to show that they still stand."""
