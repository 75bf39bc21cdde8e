"""The statements that are not one text for both engines yet, each with its reason; all others are."""

REASONS = {
    "aside": "asks another file that is attached to the connection, as SQLite does it",
    "catalog": "asks SQLite about its own schema, for which PostgreSQL has other tables",
    "digest": "hashes or checks values of any types and number as SQLite writes them, which is about the file",
    "list": "a cell lists names in the order their rows were read, which no engine promises",
}

CONSTANTS = {
    "doctor._COLUMNS": "catalog",
}
"""Of the statements that a module of queries/ keeps, by their names."""

ASKED = {
    r"\b(saved|main)\.": "aside",
    r"\bsqlite_schema\b|\bpragma_table_x?info\b": "catalog",
    r"\bjson_type\(|\btypeof\(|\bjson_array\([a-z]+\.|\browid\b|char\(0\)": "digest",
    r"group_concat\((p\.sku|day\)|DISTINCT)": "list",
}
"""Of those that commands ask as they run, by what stands in them."""
