"""The room of catalog: products, listings, suppliers."""
