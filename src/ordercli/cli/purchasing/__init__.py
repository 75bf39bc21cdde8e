"""The room of purchasing: what is bought, when and from whom."""
