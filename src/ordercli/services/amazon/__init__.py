"""The room of the live connection: counting calls, and taking in what Amazon answers."""
