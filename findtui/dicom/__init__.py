"""The language: dictionary, key paths, query keys, models, character sets, identifiers. Knows no network."""
