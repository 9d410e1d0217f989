"""Pages of sign-in, of my account, and of those who look after accounts."""
