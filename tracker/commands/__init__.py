"""The verbs of the command `tracker`, by subject."""
