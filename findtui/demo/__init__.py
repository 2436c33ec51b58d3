"""The embedded SCP with a made-up hospital."""
