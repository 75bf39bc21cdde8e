"""Bytes to records and back, one module for each outside format. Nothing here knows the database."""
