"""Who may do what: users, organisations, roles, sessions, and the one guard that decides."""
