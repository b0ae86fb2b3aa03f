"""The same Document as a file for editing, as data, and as tables."""
