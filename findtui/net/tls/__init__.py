"""TLS for an association: what is asked for, the context made from it, and what was agreed on."""
