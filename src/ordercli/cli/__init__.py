"""Commands: parse, call one use case or query, render. Each module is imported only when its command runs."""
