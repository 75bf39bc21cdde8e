"""Both engines beside each other."""
