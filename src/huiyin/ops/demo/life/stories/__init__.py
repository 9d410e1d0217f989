"""What happens to a matter, procedure by procedure."""
