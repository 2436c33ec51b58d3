"""The five numbered panels of the main screen."""
