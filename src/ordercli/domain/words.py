"""Numbers with their nouns."""


def count(number: int, noun: str) -> str:
    """``1 unit``, ``2 units``, ``1,000 units``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"
