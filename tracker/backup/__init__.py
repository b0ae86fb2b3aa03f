"""Back-ups: the whole installation in one archive, and back out of it, on either database."""
