"""The room of safety: what was done is taken back."""
