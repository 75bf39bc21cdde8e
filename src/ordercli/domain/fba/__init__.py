"""The room of fba: units at Amazon."""
