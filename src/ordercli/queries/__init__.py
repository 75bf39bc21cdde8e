"""The read side: each report one plain SELECT with named parameters, on the standard library's driver.

Nothing here imports SQLAlchemy, so that reading starts fast; a test prepares every statement against the
migrated schema.
"""
