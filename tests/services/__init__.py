"""What the suite needs around the product: a PostgreSQL server, a browser, free ports, a tally."""
