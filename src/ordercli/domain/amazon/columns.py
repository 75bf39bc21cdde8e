"""Columns of what is shown of an account with Amazon."""

from ordercli.domain.report import Column

ACCOUNT_COLUMNS = (
    Column("marketplace_id"),
    Column("marketplace"),
    Column("region"),
    Column("credentials"),
)
