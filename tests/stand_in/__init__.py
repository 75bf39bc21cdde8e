"""A server that answers as Amazon's Selling Partner API does, for an invented account: the sample shop's.

``make amazon-sandbox`` runs it, so that anybody can try the live connection without an account; tests run it in a
thread, with failures put in its way. It holds the caller to what Amazon documents: an access token that ends, the
usage plan of each operation, and pages that follow each other by tokens, asked for with unchanged parameters. Each
API is a module that lists its routes.
"""
