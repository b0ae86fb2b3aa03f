"""The work list: what needs a member of an organisation, gathered from every feature."""
