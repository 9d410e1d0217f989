"""What the API sends and takes, by noun. Labels are in the language of the request."""
