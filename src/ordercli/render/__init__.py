"""Rows to any output, from the one column list of a report."""
