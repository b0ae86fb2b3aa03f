"""Crosswalks as files: SSSOM TSV, and tables with the columns of NIST OLIR; written, read, planned, taken in."""
