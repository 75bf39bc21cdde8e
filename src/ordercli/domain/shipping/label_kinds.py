"""What kind of label bytes are."""

BEGINNINGS = {b"%PDF-": "PDF", b"^XA": "ZPL"}
"""How the kinds of labels that are kept begin."""


def kind_of(content: bytes) -> str | None:
    """``PDF`` or ``ZPL``, by the beginning of the bytes; None for another file."""
    return next((kind for begin, kind in BEGINNINGS.items() if begin in content[:1024]), None)
