"""One use case a function: (work, command) -> outcome. Nothing here commits, prints, parses or opens files."""
