"""Local criteria: sub-items that an organisation adds under a framework's item for its own use."""
