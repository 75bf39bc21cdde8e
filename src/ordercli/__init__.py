"""ordercli: order management for a small Amazon seller, over a local SQLite file."""

__version__ = "0.1.0"
