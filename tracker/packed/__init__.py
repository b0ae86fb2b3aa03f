"""What is published, packed per jurisdiction so that wide readings need no joins: derived, and checked against the rows."""
