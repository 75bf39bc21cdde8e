"""The room of health: the rates a channel judges by."""
