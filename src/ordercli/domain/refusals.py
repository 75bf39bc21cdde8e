"""What the refusal of a row that a channel was told says: that it was not told, or that nobody knows."""

IN_DOUBT = "IN_DOUBT"
"""The code of a refusal that may be none: of a feed that broke off, or whose report cannot be read."""
IS_REFUSAL = f"{{}} IS DISTINCT FROM '{IN_DOUBT}'"
"""SQL: whether the code of a refused row says that the channel was not told."""
WAS_TOLD = f"""NOT EXISTS (SELECT 1 FROM row_change u WHERE u.table_name = 'upload_failure'
    AND u.row_key = c.row_key AND u.verb = 'delete' AND u.operation_id = c.operation_id
    AND {IS_REFUSAL.format("u.old ->> 'code'")})"""
"""SQL: whether the channel was told what a row of an upload says, which left by entry ``c`` of the journal."""
