"""The log as its people read it: who changed what, and when."""
