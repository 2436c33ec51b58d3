"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The tests share a machine with each other and with servers: how long one example takes says nothing.
settings.register_profile("findtui", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("findtui")
