"""The room of orders: what buyers ordered."""
