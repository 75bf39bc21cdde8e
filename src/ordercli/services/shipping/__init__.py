"""The room of shipping: what leaves: picked, packed, labelled, shipped, tracked, confirmed."""
