"""Pages and parts of pages about matters."""
