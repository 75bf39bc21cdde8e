"""The room of privacy: what is kept about people, how long, and how it is erased."""
