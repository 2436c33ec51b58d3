"""Headless: the option table, DCMTK's command-line grammar, logging, findscu and the sub-commands."""
