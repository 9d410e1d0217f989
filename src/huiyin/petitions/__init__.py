"""Petitions: from registration to the final opinion, as the regulations on petition work say."""
