"""The room of the live connection: how far a pull has come."""
