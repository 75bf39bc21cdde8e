"""The room of the live connection: logging in, and taking from Amazon what it knows."""
