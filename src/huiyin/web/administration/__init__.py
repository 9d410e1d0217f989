"""What the administrator's pages are made of: units, duties, posts, procedures, what went wrong."""
