"""What lasts on disk: profiles, settings, query templates and the history."""
