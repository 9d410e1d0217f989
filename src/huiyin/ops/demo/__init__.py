"""The demo city: Dezhou's real places with invented units, people and duties."""
