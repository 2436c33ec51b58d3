"""Where findtui keeps its files: the platform's own directories for settings and for state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """Two directories and the files in them. Nothing is made until something is written.

    Attributes:
        config: what a user may edit by hand and keep under version control.
        state: what findtui remembers by itself.
    """

    config: Path
    state: Path

    @classmethod
    def of_user(cls) -> Paths:
        """Those of the user who runs the program (XDG base directories on Linux)."""
        from platformdirs import PlatformDirs

        directories = PlatformDirs("findtui", appauthor=False)
        return cls(Path(directories.user_config_dir), Path(directories.user_state_dir))

    @property
    def profiles(self) -> Path:
        """The saved peers."""
        return self.config / "profiles.toml"

    @property
    def settings(self) -> Path:
        """How the application looks and behaves."""
        return self.config / "settings.toml"

    @property
    def keymap(self) -> Path:
        """Keys that the user gave to actions."""
        return self.config / "keymap.toml"

    @property
    def templates(self) -> Path:
        """The user's own query templates."""
        return self.config / "templates.toml"

    @property
    def history(self) -> Path:
        """The queries that were run."""
        return self.state / "history.jsonl"

    @property
    def last_queries(self) -> Path:
        """What each peer was asked last, where that is not what it is opened with."""
        return self.state / "last.toml"
