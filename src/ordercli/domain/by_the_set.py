"""How a writer of many rows says that it keeps their sums itself (``models/bulk.py`` has what triggers ask)."""

BY_THE_SET = "INSERT INTO bulk_write (id) VALUES (1)"
"""From here on a writer keeps sums itself."""

BY_THE_ROW = "DELETE FROM bulk_write"
"""From here on triggers do again."""
