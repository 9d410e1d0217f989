"""The registers at /admin/: kinds of matter, texts of messages, the calendar, rosters.

Django's admin in a theme, and nothing else in it: never matters, events, people, clocks or posts
(ADR 14). Whatever is saved goes through the verbs of our own pages.
"""
