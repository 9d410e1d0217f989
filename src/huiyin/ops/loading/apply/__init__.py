"""Writing a load whose checks found nothing: only what differs, table after table."""
