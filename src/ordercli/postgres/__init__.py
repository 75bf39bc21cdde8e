"""A shop on a PostgreSQL server: what differs there from a file. Loaded only where a URL names the shop."""
