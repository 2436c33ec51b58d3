"""Peers that misbehave, on plain sockets, and what becomes of a query to each of them."""
