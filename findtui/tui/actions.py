"""Every action of the application, declared once.

Bindings, footer, command palette, help, keymap and the table in the documentation are made from these rows. A panel
or screen carries out the action `run` in a method named `do_run`; the row decides where its keys are bound and says
in words why it cannot be done at the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from textual.binding import Binding


class Scope(Enum):
    """Where an action's keys are bound; the value is how help calls the place."""

    MAIN = "everywhere"
    PEERS = "1 Peers"
    KEYS = "2 Keys"
    RESULTS = "3 Results"
    DETAIL = "4 Identifier"
    LOG = "5 Log"


PANELS: Final = (Scope.PEERS, Scope.KEYS, Scope.RESULTS, Scope.DETAIL, Scope.LOG)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the application is about, as far as actions ask for it.

    Attributes:
        running: a query is on its way.
        peer: a peer is chosen.
        profiles: how many peers are saved.
        profile: a saved peer is under the cursor of the peers panel.
        keys: the query has keys.
        responses: how many responses are held.
        selected: a response is under the cursor.
        depth: how many levels were gone down.
        watching: the query is asked again and again.
        changes: responses carry marks of new, changed or gone.
        log: lines in the log.
    """

    running: bool = False
    peer: bool = False
    profiles: int = 0
    profile: bool = False
    keys: bool = False
    responses: int = 0
    selected: bool = False
    depth: int = 0
    watching: bool = False
    changes: bool = False
    log: int = 0


Reason = Callable[[Situation], str]
"""Why an action cannot be done, in words; empty where it can."""


def always(_: Situation) -> str:
    """It can be done at any time."""
    return ""


def _needs_peer(situation: Situation) -> str:
    return "" if situation.peer else "no peer is chosen: 1 shows the peers, a adds one"


def _needs_profiles(situation: Situation) -> str:
    return "" if situation.profiles else "no peer is saved yet: a adds one"


def _needs_profile(situation: Situation) -> str:
    return _needs_profiles(situation) or ("" if situation.profile else "no peer is under the cursor")


def _needs_responses(situation: Situation) -> str:
    return "" if situation.responses else "there are no responses yet: r runs the query"


def _needs_selected(situation: Situation) -> str:
    return "" if situation.selected else "no response is selected"


def _runs(situation: Situation) -> str:
    if situation.running:
        return "the query is running: c cancels it"
    return _needs_peer(situation)


def _cancels(situation: Situation) -> str:
    return "" if situation.running else "nothing is running"


def _clears(situation: Situation) -> str:
    return "" if situation.changes else "nothing is marked as new, changed or gone"


def _goes_back(situation: Situation) -> str:
    return "" if situation.depth else "this is the topmost level"


def _logs(situation: Situation) -> str:
    return "" if situation.log else "the log is empty"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a user can do.

    Attributes:
        id: word for the keymap.
        keys: its default keys, by commas, as Textual names them.
        text: a word or three, for the footer.
        help: a line, for the help and the palette.
        scopes: where its keys are bound.
        disabled: why it cannot be done.
    """

    id: str
    keys: str
    text: str
    help: str
    scopes: tuple[Scope, ...] = (Scope.MAIN,)
    disabled: Reason = field(default=always)

    def bindings(self, scope: Scope) -> list[Binding]:
        """Textual's bindings for this action in a scope; none where it is not bound there."""
        if scope not in self.scopes:
            return []
        return [Binding(self.keys, f"act('{self.id}')", self.text, tooltip=self.help, id=self.id)]


_P, _K, _R, _D, _L = PANELS
_LISTS: Final = (_P, _K, _R, _D, _L)

ACTIONS: Final = (
    # What is asked, and of whom.
    Action("run", "r", "run", "ask the peer", disabled=_runs),
    Action("cancel", "c", "cancel", "end the query and keep what came; again, at once", disabled=_cancels),
    Action("watch", "w", "watch", "ask again and again, or stop doing so", disabled=_needs_peer),
    Action("watch_interval", "W", "interval", "how long a watch waits between two runs"),
    Action("pause", "ctrl+w", "pause", "hold the watch, or let it go on", disabled=lambda s: _watches(s)),
    Action("clear_changes", "u", "seen", "take the marks of new, changed and gone away", disabled=_clears),
    Action("history", "h", "history", "queries that were run, to be run again"),
    Action("templates", "t", "templates", "queries to start from", scopes=(_K, _R, _D, _L)),
    Action("copy_command", "Y", "copy command", "copy the query as a findscu command line", disabled=_needs_peer),
    Action("paste_command", "P", "paste command", "open a findscu command line"),
    Action("model", "M", "model", "choose the information model and level", scopes=_LISTS),
    Action("options", "ctrl+o", "query options", "character set, repetitions, cancel after, query files"),
    # Looking.
    Action("peers", "1", "peers", "go to the peers"),
    Action("keys", "2", "keys", "go to the keys of the query"),
    Action("results", "3", "results", "go to the results"),
    Action("detail", "4", "identifier", "go to the whole identifier"),
    Action("log", "5", "log", "go to the log"),
    Action("zoom", "z", "zoom", "let this panel fill the screen, or give the room back"),
    Action("columns", "o", "columns", "choose the columns of the results"),
    Action(
        "raw",
        "x",
        "raw",
        "values as sent or as read; keys as a tree or as paths",
        (Scope.MAIN, _K),
    ),
    Action("mask", "m", "mask", "hide names, identifiers and birth dates of patients"),
    Action("redecode", "d", "decode as", "read the answers in another character set", disabled=_needs_responses),
    Action("export", "e", "export", "write responses to files", disabled=_needs_responses),
    # In a panel.
    Action("open", "enter", "open", "open what is under the cursor", (_P, _R, _D)),
    Action("back", "backspace", "back", "one level up, without asking again", (_R,), _goes_back),
    Action("to_results", "backspace", "back", "back to the results", (_D,)),
    Action("close", "escape", "close", "close the filter, or give the room of a panel back", _LISTS),
    Action("filter", "slash", "filter", "show only what holds a text", (_P, _R, _D, _L)),
    Action("find", "f", "find", "jump to a text", (_R,), disabled=_needs_responses),
    Action("next", "n", "next", "to the next place that holds the text", (_R, _D)),
    Action("previous", "N", "previous", "to the one before", (_R, _D)),
    Action("next_change", "plus", "next change", "to the next response that is new, changed or gone", (_R,), _clears),
    Action("previous_change", "minus", "change before", "to the one before that is", (_R,), _clears),
    Action("sort", "s", "sort", "sort by the column under the cursor, or not", (_R,), disabled=_needs_responses),
    Action("sort_reverse", "S", "reverse", "turn the order round", (_R,), disabled=_needs_responses),
    Action("narrower", "less_than_sign", "narrower", "take room from the column", (_R,), disabled=_needs_responses),
    Action("wider", "greater_than_sign", "wider", "give room to the column", (_R,), disabled=_needs_responses),
    Action("mark", "space", "mark", "mark the response, or take the mark away", (_R,), _needs_selected),
    Action("mark_shown", "asterisk", "mark shown", "mark all that is shown, or none", (_R,), _needs_responses),
    Action("copy", "y", "copy", "copy the value under the cursor", (_P, _K, _R, _D, _L)),
    Action("copy_path", "p", "copy path", "copy the path of the attribute", (_D,), disabled=_needs_selected),
    Action("add", "a", "add", "add here: a peer, a key, or this attribute as a key", (_P, _K, _D)),
    Action("edit", "f2", "edit", "change what is under the cursor", (_P, _K)),
    Action("delete", "delete", "delete", "take away what is under the cursor", (_P, _K)),
    Action("duplicate", "D", "duplicate", "a second one like it", (_P, _K)),
    Action("move_up", "ctrl+up", "move up", "move it up", (_P, _K), disabled=always),
    Action("move_down", "ctrl+down", "move down", "move it down", (_P, _K), disabled=always),
    Action("undo", "ctrl+z", "undo", "take the last change of the keys back", (_K,)),
    Action("redo", "ctrl+y", "redo", "make it again", (_K,)),
    Action("test", "t", "test", "test the peer step by step", (_P,), disabled=_needs_profile),
    Action("import_profiles", "I", "import", "add the peers of a file", (_P,)),
    Action("export_profiles", "X", "export peers", "write the peers to a file", (_P,), disabled=_needs_profiles),
    Action("open_query", "O", "open file", "ask what a DICOM query file asks", (_K,)),
    Action("editor", "E", "$EDITOR", "change the whole query in your editor", (_K,)),
    Action("value_editor", "ctrl+e", "value in $EDITOR", "change the value of this key in your editor", (_K,)),
    Action("bytes", "b", "bytes", "the bytes of the element", (_D,), disabled=_needs_selected),
    Action("level", "v", "level", "how much the log tells", (_L,)),
    Action("follow", "g", "follow", "to the end of the log, and stay there", (_L,), _logs),
    # The application.
    Action("save", "ctrl+s", "save", "save the query, or the log", (Scope.MAIN, _L)),
    Action("theme", "T", "theme", "dark, light or without colour"),
    Action("compact", "ctrl+k", "compact", "less air between things"),
    Action("help", "question_mark,f1", "help", "what this panel is and what its keys do"),
    Action("palette", "ctrl+p", "palette", "find an action by what it does"),
    Action("quit", "ctrl+q", "quit", "end a running query properly and leave"),
)

BY_ID: Final = {action.id: action for action in ACTIONS}

FOOTERS: Final[Mapping[Scope, tuple[tuple[str, ...], ...]]] = {
    scope: tuple(tuple(place.split("|")) for place in places.split())
    for scope, places in {
        _P: "open add test edit delete run|cancel results help",
        _K: "edit add run|cancel delete templates model save editor help",
        _R: "open run|cancel watch filter export keys peers log help",
        _D: "open copy add bytes copy_path filter run|cancel help",
        _L: "copy level save follow filter run|cancel help",
    }.items()
}
"""What stands in the footer of a panel, the most important first; of actions that share a place, the one that can be
done now."""

TYPING: Final = (("close",), ("help",))
"""The same while one types in a panel."""


def _watches(situation: Situation) -> str:
    return "" if situation.watching else "nothing is being watched: w starts it"


def bindings(scope: Scope) -> list[Binding]:
    """Textual's bindings of a scope."""
    return [binding for action in ACTIONS for binding in action.bindings(scope)]
