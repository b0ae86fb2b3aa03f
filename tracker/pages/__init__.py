"""Pages that belong to no feature: home, how to read, health."""
