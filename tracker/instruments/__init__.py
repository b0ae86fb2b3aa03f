"""Instruments: the laws, policies, records and reports that claims rest on."""
