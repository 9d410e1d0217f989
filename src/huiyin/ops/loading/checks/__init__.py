"""Checks across rows and tables, and against the database. Each fault is reported once."""
