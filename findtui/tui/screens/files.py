"""A file or directory, chosen from the tree or typed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DirectoryTree, Input, Static
from textual.widgets.directory_tree import DirEntry

from findtui.dicom.visible import visible
from findtui.tui.screens.dialog import Dialog


class _Tree(DirectoryTree):
    """Files of some kinds, and never hidden ones."""

    def __init__(self, path: Path, suffixes: tuple[str, ...], directories: bool) -> None:
        super().__init__(path)
        self._suffixes = suffixes
        self._directories = directories
        self.show_guides = False
        self.ICON_FILE = self.ICON_NODE = self.ICON_NODE_EXPANDED = ""

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """What is offered."""
        for path in paths:
            if path.name.startswith("."):
                continue
            if path.is_dir() or (not self._directories and (not self._suffixes or path.suffix in self._suffixes)):
                yield path


class FileScreen(Dialog[Path]):
    """Chooses a file, or a directory.

    Args:
        title: on the border.
        start: directory to start from.
        suffixes: of the files that are offered; all where there are none.
        directories: a directory is wanted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "choose", "choose"),
        Binding("ctrl+up,backspace", "up", "directory above"),
    ]

    def __init__(self, title: str, start: Path, *, suffixes: tuple[str, ...] = (), directories: bool = False) -> None:
        super().__init__()
        self._title_text = title
        self._start = start
        self._suffixes = suffixes
        self._directories = directories

    @property
    def heading(self) -> str:
        """The text on the border."""
        return self._title_text

    def body(self) -> ComposeResult:
        """A line to type in, and the tree."""
        yield Input(from_home(self._start), id="path", compact=True)
        yield Static(classes="problem")
        yield _Tree(self._start, self._suffixes, self._directories)

    def on_mount(self) -> None:
        """Begin in the tree."""
        self.query_one(_Tree).focus()

    @on(DirectoryTree.NodeHighlighted)
    def _highlighted(self, event: DirectoryTree.NodeHighlighted[DirEntry]) -> None:
        # A path that is being typed is not written over by a tree that has just been read.
        if event.node.data is not None and self.query_one(_Tree).has_focus:
            self.query_one("#path", Input).value = from_home(event.node.data.path)

    @on(DirectoryTree.FileSelected)
    def _selected(self, event: DirectoryTree.FileSelected) -> None:
        self.dismiss(event.path)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_choose()

    def action_up(self) -> None:
        """Show the directory above."""
        tree = self.query_one(_Tree)
        tree.path = Path(tree.path).resolve().parent

    def action_choose(self) -> None:
        """Answer with what the line says; a directory is gone into where a file is wanted."""
        text = self.query_one("#path", Input).value
        try:
            path = Path(text).expanduser()
            directory, fits = path.is_dir(), path.is_dir() if self._directories else path.is_file()
        except (OSError, ValueError, RuntimeError) as error:
            self._complain(f"{text}: {error}")
            return
        if fits:
            self.dismiss(path)
        elif directory:
            tree = self.query_one(_Tree)
            tree.path = path
            tree.focus()
            self._complain("")
        else:
            self._complain(f"there is no {'directory' if self._directories else 'file'} {path}")

    def _complain(self, text: str) -> None:
        self.query_one(".problem", Static).update(Content(f"✖ {visible(text)}" if text else ""))


def from_home(path: Path) -> str:
    """A path as people write it, from their home directory on where it is in there."""
    home = Path.home()
    return str("~" / path.relative_to(home)) if path.is_relative_to(home) else str(path)
