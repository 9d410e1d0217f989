"""The benchmark: a city in a database of its own, filled and measured (`huiyin bench`)."""
