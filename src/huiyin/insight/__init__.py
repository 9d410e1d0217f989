"""What the whole looks like: counts, who is late, which units deliver. Reads; changes nothing."""
