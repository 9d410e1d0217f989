"""Django finds commands of the same names here first."""
