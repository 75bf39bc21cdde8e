"""What a supplier's terms are called, and how the text of each is read."""

from collections.abc import Callable, Mapping

from ordercli.domain.catalog.suppliers import parse_email
from ordercli.domain.fields import parse_text, parse_whole
from ordercli.domain.money import parse_amount, parse_currency
from ordercli.domain.settings import parse_weekdays

TermValue = str | int
TermParser = Callable[[str, str], TermValue]
"""(trimmed text that is not blank, the supplier's currency) -> value as stored."""

SUPPLIER_TERMS: Mapping[str, tuple[str, TermParser]] = {
    "currency": ("currency", lambda text, _: parse_currency(text)),
    "lead_time_days": ("lead_time_days", lambda text, _: parse_whole(text, most=730)),
    "spread_days": ("lead_time_spread_days", lambda text, _: parse_whole(text, most=365)),
    "minimum": ("minimum_minor", parse_amount),
    "minimum_units": ("minimum_units", lambda text, _: parse_whole(text, least=1)),
    "order_days": ("order_days", lambda text, _: parse_weekdays(text)),
    "email": ("email", lambda text, _: parse_email(text)),
    "address": ("address", lambda text, _: parse_text(text.replace("\\n", "\n"))),
    "payment_terms": ("payment_terms", lambda text, _: parse_text(text)),
    "note": ("note", lambda text, _: parse_text(text)),
}
"""Option or column -> column of the table and how its text is read."""
_CALLED = {column: name for name, (column, _) in SUPPLIER_TERMS.items()}


def term_of(column: str) -> str:
    """What options call a column of the table."""
    return _CALLED.get(column, column)
