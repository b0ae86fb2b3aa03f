"""Right of reply: an assessment is notified to the steward, whose reply is published whole beside it."""
