"""The room of reports: figures of the whole shop."""
