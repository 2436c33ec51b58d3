"""Every screen that there is, in the states that it can be in, and the keys that lead there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from textual.pilot import Pilot

from findtui.demo.behaviour import Behaviour
from findtui.dicom.models import STUDY_ROOT, WORKLIST
from findtui.store.fields import Value
from findtui.store.history import History, Run
from findtui.store.paths import Paths
from findtui.store.profiles import Profile, ProfileStore
from findtui.store.templates import Template, TemplateStore
from tests.tui.conftest import main, shown, state, until
from tests.tui.scripted import (
    CLOSED,
    PORT,
    Answer,
    after_changes,
    before_changes,
    first_responses,
    multiplied,
    nothing_yet,
    only,
    some_unreadable,
)
from tests.tui.test_detail import WRONG

DEMO = "Demo Hospital"
Ready = Callable[[Pilot[None]], object]


def answered(pilot: Pilot[None]) -> bool:
    """The run has ended, and every cell that is in sight was read."""
    level = main(pilot).level
    return level is not None and state(pilot).startswith(("●", "▲", "✖", "◷")) and level.store.complete


def says(text: str) -> Ready:
    """The state line says this."""
    return lambda pilot: text in state(pilot)


def over(pilot: Pilot[None]) -> bool:
    """Something lies over the main screen."""
    return len(pilot.app.screen_stack) > 2


def _tested(pilot: Pilot[None]) -> bool:
    return bool(getattr(pilot.app.screen, "finished", False))


def _offered(pilot: Pilot[None]) -> bool:
    return bool(pilot.app.screen.query_one("#key-offers").display)


def _gathered(pilot: Pilot[None]) -> bool:
    return pilot.app.screen.has_class("-ready")


def _at_depth(depth: int) -> Ready:
    return lambda pilot: len(main(pilot).session.levels) == depth and answered(pilot) and len(shown(pilot).store) > 0


def hospital(paths: Paths, **values: Value) -> None:
    """Three peers, two queries of the user's own, and a few runs."""
    store = ProfileStore(paths.profiles)
    demo = {"name": DEMO, "host": "127.0.0.1", "port": PORT, "called_ae_title": "DEMO", **values}
    store.save(Profile.make(**demo))
    store.save(
        Profile.make(
            name="PACS North",
            host="pacs-north.example.org",
            port=2762,
            called_ae_title="NORTH",
            model="study",
            tls__enabled=True,
        )
    )
    store.save(Profile.make(name="RIS West", host="ris-west.example.org", called_ae_title="RIS"))
    step = "ScheduledProcedureStepSequence[0]"
    ct = ("PatientName", "PatientID", f"{step}.Modality=CT", f"{step}.ScheduledProcedureStepStartDate=today")
    chest = ("QueryRetrieveLevel=STUDY", "StudyDate=today-7..today", "StudyDescription=*CHEST*", "PatientName")
    templates = TemplateStore(paths.templates)
    templates.save(Template("Today, CT", WORKLIST, ct))
    templates.save(Template("Last week, chest", STUDY_ROOT, chest))
    history = History(paths.history)
    for when, profile, model, keys, end, received in (
        ("2026-11-20T16:02:11+01:00", "PACS North", "study", chest, "▲ 500, cut short by the peer", 500),
        ("2026-11-21T07:58:40+01:00", "RIS West", "worklist", ct, "✖ refused: called AE title not recognised", 0),
        ("2026-11-22T08:15:02+01:00", DEMO, "worklist", ct, "● complete 21", 21),
    ):
        history.add(Run(when, profile, model, keys, "", end[2:], received, 0.4, "findscu"))


def nobody(paths: Paths, **_: Value) -> None:
    """No peer is saved."""


def broken(paths: Paths, **_: Value) -> None:
    """The file of the peers is no TOML."""
    paths.profiles.parent.mkdir(parents=True, exist_ok=True)
    paths.profiles.write_text('[[profile]]\nname = "PACS North"\nport = not a number\n')


async def _arrived(pilot: Pilot[None], screen: str) -> None:
    """Wait until a screen of this class has the keys."""
    await until(pilot, lambda: type(pilot.app.screen).__name__ == screen, screen)


@dataclass(frozen=True)
class Scene:
    """A screen and the way to it.

    Attributes:
        name: of its pictures.
        keys: pressed once `begun` holds; `@` and the class of a screen stands for waiting until that is there.
        screen: class of the screen that is looked at.
        begun: what must hold before the first key.
        ready: what must hold before the pictures are taken.
        values: of the peer's profile.
        answers: of the peer, query by query.
        saved: what the user has saved before.
        run: ask at once.
        opened: name of the peer that is opened; empty for none.
    """

    name: str
    keys: tuple[str, ...] = ()
    screen: str = "MainScreen"
    begun: Ready = answered
    ready: Ready = answered
    values: Mapping[str, Value] = field(default_factory=dict)
    answers: tuple[Answer, ...] = (Answer(),)
    saved: Callable[..., None] = hospital
    run: bool = True
    opened: str = DEMO

    async def reach(self, pilot: Pilot[None]) -> None:
        """Go there."""
        await until(pilot, lambda: len(pilot.app.screen_stack) > 1 and self.begun(pilot), f"the start of {self.name}")
        for key in self.keys:
            if key.startswith("@"):
                await _arrived(pilot, key[1:])
            else:
                await pilot.press(key)
            await pilot.pause()
        if self.screen != "MainScreen":
            await _arrived(pilot, self.screen)
        await until(pilot, lambda: self.ready(pilot), self.name)
        grid = main(pilot).results_panel.grid
        if grid is not None:
            # Columns are as wide as what has been in sight, which is a matter of chance while rows are coming in.
            grid.refresh_cells()


STUDIES: Mapping[str, Value] = {"model": "study"}
NOWHERE: Mapping[str, Value] = {"port": CLOSED}
REFUSED = Answer(Behaviour(rejection="called-ae-title"))
STARTED = Answer(edit=first_responses, hangs=True)


def idle(pilot: Pilot[None]) -> bool:
    """Everything is there, and nothing was asked."""
    return main(pilot).furnished and main(pilot).level is not None


def furnished(pilot: Pilot[None]) -> bool:
    """Everything is there."""
    return main(pilot).furnished


SCENES = (
    # The main screen, and how the answer stands.
    Scene("worklist"),
    Scene("studies", values=STUDIES),
    Scene("idle", run=False, begun=idle, ready=idle),
    Scene(
        "connecting",
        begun=says("connecting"),
        ready=says("connecting"),
        answers=(Answer(edit=nothing_yet, hangs=True),),
    ),
    Scene("so-far", begun=says("31 so far"), ready=says("31 so far"), answers=(STARTED,)),
    Scene("cancelled", ("c",), begun=says("31 so far"), ready=says("cancelled"), answers=(STARTED,)),
    Scene("cut-short", answers=(Answer(Behaviour(limit=7)),)),
    Scene("broken-off", answers=(Answer(Behaviour(abort_after=5)),)),
    Scene("refused", answers=(REFUSED,)),
    Scene("failed", answers=(Answer(Behaviour(failure=0xA900)),)),
    Scene("unreachable", values=NOWHERE),
    Scene("stale", ("r",), ready=says("refresh failed"), answers=(Answer(), REFUSED)),
    Scene("unreadable", answers=(Answer(edit=some_unreadable),)),
    Scene("nothing-matches", values={"keys": ("PatientName=NOBODY*",)}),
    Scene("many", answers=(Answer(edit=multiplied),)),
    Scene(
        "watching",
        ("w",),
        ready=lambda pilot: shown(pilot).changes is not None,
        answers=(Answer(edit=before_changes), Answer(edit=after_changes)),
    ),
    Scene("watch-paused", ("w", "ctrl+w"), ready=lambda pilot: main(pilot).paused and answered(pilot)),
    # Results.
    Scene("results-zoomed", ("z",)),
    Scene("filter", ("slash", "c", "t", "0", "1", "enter")),
    Scene("filter-finds-nothing", ("slash", "x", "y", "z")),
    Scene("marked", ("space", "down", "space", "down", "down", "s", "s")),
    Scene("masked", ("m",)),
    Scene("raw", ("x",)),
    Scene("compact", ("ctrl+k",)),
    Scene("drilled-to-series", ("enter",), values=STUDIES, ready=_at_depth(2)),
    # The other panels.
    Scene("peers", ("1",)),
    Scene("peers-narrowed", ("1", "slash", "p", "a", "c")),
    Scene("peers-zoomed", ("1", "z")),
    Scene("keys", ("2",)),
    Scene("keys-as-paths", ("2", "x")),
    Scene("keys-zoomed", ("2", "z", "down", "down")),
    Scene("keys-offers", ("2", "a", "M", "o", "d", "a"), ready=_offered),
    Scene("keys-date", ("2", "a", *"StudyDate=today-7..today")),
    Scene("keys-wrong", ("2", "a", *"StudyInstanceUID=1.2.x", "enter")),
    Scene("identifier", ("4", "down", "down", "down")),
    Scene("identifier-zoomed", ("4", "z")),
    Scene("identifier-bytes", ("4", "down", "down", "b")),
    Scene("identifier-found", ("4", "slash", *"date", "enter")),
    Scene("identifier-deviates", ("4", "down", "down", "b"), answers=(Answer(edit=only(WRONG)),)),
    Scene("log", ("5",)),
    Scene("log-debug", ("5", "v", "v", "v", "r"), ready=answered),
    Scene("log-zoomed", ("5", "z")),
    Scene("log-narrowed", ("5", "slash", *"ident")),
    # Dialogs.
    Scene("first-start", screen="FirstStart", saved=nobody, opened="", begun=furnished, ready=over),
    Scene("broken-profiles", saved=broken, opened="", begun=furnished, ready=furnished),
    Scene("help-results", ("question_mark",), "HelpScreen"),
    Scene("help-keys", ("2", "f1"), "HelpScreen"),
    Scene("palette", ("ctrl+p",), "CommandPalette", ready=_gathered),
    Scene("palette-searched", ("ctrl+p", "@CommandPalette", *"exp"), "CommandPalette", ready=_gathered),
    Scene("templates", ("2", "t"), "ChooseScreen"),
    Scene("templates-narrowed", ("2", "t", "@ChooseScreen", *"series"), "ChooseScreen"),
    Scene("history", ("h",), "ChooseScreen"),
    Scene("history-empty", ("h",), "ChooseScreen", run=False, begun=idle, ready=over),
    Scene("model", ("M",), "ChooseScreen"),
    Scene("character-sets", ("d",), "ChooseScreen"),
    Scene("save", ("2", "ctrl+s"), "ChooseScreen"),
    Scene("columns", ("o",), "ColumnsScreen"),
    Scene("options", ("ctrl+o",), "QueryOptions"),
    Scene("paste", ("P",), "PasteScreen"),
    Scene("paste-typed", ("P", "@PasteScreen", *"findscu -W -k PatientName pacs 104"), "PasteScreen"),
    Scene("interval", ("W",), "AskScreen"),
    Scene("delete", ("1", "delete"), "ConfirmScreen"),
    Scene("profile", ("1", "f2"), "ProfileEditor"),
    Scene("profile-association", ("1", "f2", "@ProfileEditor", "f6"), "ProfileEditor"),
    Scene("profile-tls", ("1", "f2", "@ProfileEditor", "f6", "f6"), "ProfileEditor"),
    Scene("profile-query", ("1", "f2", "@ProfileEditor", "f6", "f6", "f6"), "ProfileEditor"),
    Scene("profile-new", ("1", "a", "@ProfileEditor", "ctrl+s"), "ProfileEditor"),
    Scene("test", ("1", "t"), "PeerTest", ready=_tested),
    Scene("test-failed", ("1", "t"), "PeerTest", values=NOWHERE, ready=_tested),
    Scene("export", ("e",), "ExportScreen"),
    Scene("export-marked", ("space", "down", "space", "e", "@ExportScreen", "shift+tab", "enter"), "ExportScreen"),
    Scene("open-file", ("2", "O"), "FileScreen"),
)
