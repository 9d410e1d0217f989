"""Thirty days of believable life for the demo city, poured in behind its first start.

`texts` what people say, `hours` when, `cast` who, `tale` how a story is told, `stories` what
happens, `plan` how much of what, `pouring` part by part into the database.
"""
