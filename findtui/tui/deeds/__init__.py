"""What the main screen does, by what it is about."""
