"""The outside: the API under /api/v1, its tokens, and what other systems are told (webhooks)."""
