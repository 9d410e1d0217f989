"""People's mediation, its confirmation by the court, and what courts and police refer to it."""
