"""The schema as SQLAlchemy mappings, one module for each aggregate; no behaviour beyond constraints.

A module imports those whose tables it refers to and no others, so that a command maps what it edits;
``schema.py`` has all of them.
"""
