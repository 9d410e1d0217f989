"""The benchmark: a city of its own in a database of its own, filled and measured (`huiyin bench`)."""
