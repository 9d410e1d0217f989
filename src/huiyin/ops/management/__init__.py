"""Commands of Django that are done our way."""
