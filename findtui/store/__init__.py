"""What lasts on disk: profiles, settings, query templates, history."""
