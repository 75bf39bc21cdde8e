"""By what a workbook that ordercli built is known."""

OWN_SHEET = "ordercli"
"""The name of its hidden sheet."""
