"""The room of the live connection: what Amazon allows, and where a pull goes on."""
