"""Telling people: outbox, texts, channels, delivery. Knows no matters.

`outbox.put` writes what is to be told in the caller's transaction; `delivery` sends it afterwards.
"""
