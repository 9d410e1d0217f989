"""What `huiyin procedures` stands on: files, the catalogue they name, how they are shown."""
