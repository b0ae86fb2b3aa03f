"""Accounts: passwords, sign-in and sign-out, members."""
