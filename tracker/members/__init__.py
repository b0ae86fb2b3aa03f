"""The members of an organisation, invitations to join it, and what it says of itself."""
