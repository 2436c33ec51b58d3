"""Query templates: the shipped ones, made from what the standard lists for each model and level, and the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from findtui.dicom.models import MODELS, WORKLIST, InformationModel, attributes
from findtui.errors import SettingsError
from findtui.store import toml
from findtui.store.entries import EntryStore
from findtui.store.fields import BY_KEY
from findtui.store.files import read_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

TABLE: Final = "template"
LEVEL_KEY: Final = "QueryRetrieveLevel"
_OPTIONS: Final = ("files", "character_set", "repeat", "cancel_after", "new_vrs")
START_DATE: Final = "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate"
_CONTENT_TEMPLATE: Final = "ContentTemplateSequence[0]."


@dataclass(frozen=True, slots=True)
class Template:
    """A query to start from.

    Attributes:
        name: how it is called.
        model: the information model that it asks.
        keys: as findscu's -k writes them; words for dates stay words.
        shipped: comes with findtui and cannot be changed.
        files: paths of DICOM files that the keys are laid over.
        character_set: that it is asked in; empty leaves it open.
        repeat: how often it is asked on one association.
        cancel_after: responses after which it is cancelled; 0 never.
        new_vrs: VRs that came after 1993 are sent as what they are.
    """

    name: str
    model: InformationModel
    keys: tuple[str, ...]
    shipped: bool = False
    files: tuple[str, ...] = ()
    character_set: str = ""
    repeat: int = 1
    cancel_after: int = 0
    new_vrs: bool = True

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise SettingsError("a template needs a name")


def shipped() -> list[Template]:
    """The templates that come with findtui: today's worklist, and every model and level with all its return keys."""
    templates = [_worklist("Worklist, today", "today"), _worklist("Worklist, all days", "")]
    for model in MODELS.values():
        if model == WORKLIST:
            continue
        for level in model.levels or ("",):
            if keys := return_keys(model, level):
                name = f"{model.name}, {level.lower()}" if level else model.name
                templates.append(Template(name, model, keys, shipped=True))
    return templates


def return_keys(model: InformationModel, level: str, *, common: bool = False) -> tuple[str, ...]:
    """Keys for all that the standard lists for a model and level, its level or root template filled in.

    Args:
        model: that is to be asked.
        level: one of its levels; empty for a model that has none.
        common: only what most queries ask for.
    """
    values = {LEVEL_KEY: level}
    if model.root_template:
        values[f"{_CONTENT_TEMPLATE}MappingResource"] = "DCMR"
        values[f"{_CONTENT_TEMPLATE}TemplateIdentifier"] = model.root_template
    paths = (row.path for row in attributes(model, level or None) if row.common or not common)
    return tuple(f"{path}={values[path]}" if path in values else path for path in paths)


def opening_keys(model: InformationModel) -> tuple[str, ...]:
    """What a model is asked where nobody said what: today's worklist, or its topmost level."""
    keys = return_keys(model, model.levels[0] if model.levels else "", common=True)
    return tuple(f"{key}=today" if key == START_DATE else key for key in keys)


def _worklist(name: str, day: str) -> Template:
    keys = (f"{key}={day}" if day and key == START_DATE else key for key in return_keys(WORKLIST, ""))
    return Template(name, WORKLIST, tuple(keys), shipped=True)


class TemplateStore(EntryStore):
    """The file of the user's own templates."""

    table = TABLE

    def load(self) -> list[Template]:
        """The user's own templates, in the file's order.

        Raises:
            SettingsError: the file cannot be read or says something impossible, with its line and the reason.
        """
        return self._templates_of(read_text(self.path))

    def save(self, template: Template) -> None:
        """Keep a template; one of the same name is replaced.

        Raises:
            SettingsError: the file is broken or cannot be written.
        """
        import tomlkit

        self.load()

        def alter(document: TOMLDocument) -> None:
            entries: Any = document.setdefault(TABLE, tomlkit.aot())
            known = next((entry for entry in entries if entry.get("name") == template.name), None)
            entry = tomlkit.table() if known is None else known
            keys = tomlkit.array()
            keys.extend(template.keys)
            entry["name"] = template.name
            entry["model"] = template.model.id
            entry["keys"] = keys.multiline(len(template.keys) > 1)
            for key in _OPTIONS:
                value = getattr(template, key)
                if value != BY_KEY[key].default:
                    entry[key] = list(value) if isinstance(value, tuple) else value
                else:
                    entry.pop(key, None)
            if known is None:
                entries.append(entry)

        toml.edit(self.path, alter)

    def _names(self, text: str) -> list[str]:
        return [template.name for template in self._templates_of(text)]

    def _templates_of(self, text: str) -> list[Template]:
        document: dict[str, Any] = toml.parse(text, self.path).unwrap()
        entries = document.get(TABLE, [])
        tables = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
        if set(document) - {TABLE} or not tables:
            raise toml.broken(self.path, 1, "templates start with [[template]]")
        templates: dict[str, Template] = {}
        for index, entry in enumerate(entries):
            template = self._template_of(entry, index, text)
            if template.name in templates:
                line = toml.line_of(text, TABLE, index, "name")
                raise toml.broken(self.path, line, f"the name {template.name!r} is given twice")
            templates[template.name] = template
        return list(templates.values())

    def _template_of(self, entry: dict[str, Any], index: int, text: str) -> Template:
        name, model, keys = entry.get("name"), entry.get("model", "worklist"), entry.get("keys", [])
        if not isinstance(name, str) or not name.strip():
            raise toml.broken(self.path, toml.line_of(text, TABLE, index, "name"), "the template lacks its name")
        if not isinstance(model, str) or model not in MODELS:
            line = toml.line_of(text, TABLE, index, "model")
            raise toml.broken(self.path, line, f"model must be one of {', '.join(MODELS)}")
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise toml.broken(self.path, toml.line_of(text, TABLE, index, "keys"), "keys must be a list of texts")
        options: dict[str, Any] = {}
        for key, value in entry.items():
            if key in ("name", "model", "keys"):
                continue
            line = toml.line_of(text, TABLE, index, key)
            if key not in _OPTIONS:
                raise toml.broken(self.path, line, f"{key!r} is no part of a template")
            if problem := BY_KEY[key].problem(value):
                raise toml.broken(self.path, line, f"{key} {problem}")
            options[key] = tuple(value) if isinstance(value, list) else value
        return Template(name, MODELS[model], tuple(keys), **options)
