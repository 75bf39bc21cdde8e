"""The room of the live connection: Amazon's answers as records."""
