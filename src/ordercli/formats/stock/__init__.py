"""The room of stock: units at the seller's own places."""
