"""The room of returns: what comes back, and the money for it."""
