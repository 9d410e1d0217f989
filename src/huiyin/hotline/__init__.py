"""The 12345 hotline: orders from the caller's word to the rating."""
