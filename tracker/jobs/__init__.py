"""Work that is done in the background: a table of jobs, and who takes them."""
