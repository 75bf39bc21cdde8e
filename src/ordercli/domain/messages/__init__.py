"""The room of messages: letters to buyers and their questions."""
