"""What every matter has: the record and the runs that any procedure may open inside it."""
