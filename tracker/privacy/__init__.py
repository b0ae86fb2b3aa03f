"""Signs of personal data before something is published, and taking a text out again after."""
