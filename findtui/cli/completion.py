"""Completion scripts for shells, made from the option table."""

from __future__ import annotations

from typing import Final

from findtui.command.option import Option
from findtui.command.options import every_option

_COMMANDS: Final = ("findscu", "open", "demo", "scp", "completion")
_FILES: Final = {"filename", "directory", "private key file"}


def script(shell: str) -> str:
    """The script that makes this shell complete `findtui`."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell]()


def _names(option: Option) -> list[str]:
    return [name for name in (option.long, option.short) if name]


def _bash() -> str:
    names = " ".join(name for option in every_option() for name in _names(option))
    files = "|".join(name for option in every_option() if set(option.values) & _FILES for name in _names(option))
    return f"""\
# bash completion for findtui
_findtui() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "{" ".join(_COMMANDS)} --profile --run --version --help" -- "$word"))
    elif [ "${{COMP_WORDS[1]}}" = findscu ]; then
        case $before in
            {files}) COMPREPLY=($(compgen -f -- "$word")) ;;
            *)
                case $word in
                    [-+]*) COMPREPLY=($(compgen -W "{names}" -- "$word")) ;;
                    *) COMPREPLY=($(compgen -f -- "$word")) ;;
                esac ;;
        esac
    fi
}}
complete -o filenames -F _findtui findtui
"""


def _zsh() -> str:
    # zsh reads a + at the start of a word as any other character, so one list of words serves.
    names = "\n".join(f"    '{name}:{_one_line(option, ':')}'" for option in every_option() for name in _names(option))
    return f"""\
#compdef findtui
# zsh completion for findtui
_findtui() {{
  local -a names
  names=(
{names}
  )
  if (( CURRENT == 2 )); then
    compadd -- {" ".join(_COMMANDS)} --profile --run --version --help
  elif [[ ${{words[2]}} == findscu && ${{words[CURRENT]}} == [-+]* ]]; then
    _describe option names
  else
    _files
  fi
}}
if [[ $funcstack[1] == _findtui ]]; then
  # In a file of $fpath it is this script that is called for the first completion.
  _findtui "$@"
else
  compdef _findtui findtui
fi
"""


def _fish() -> str:
    lines = ["# fish completion for findtui"]
    lines += [f"complete -c findtui -n __fish_use_subcommand -f -a {name}" for name in _COMMANDS]
    for option in every_option():
        words = " ".join(_names(option))
        lines.append(
            f"complete -c findtui -n '__fish_seen_subcommand_from findscu' -a '{words}' -d '{_one_line(option)}'"
        )
    return "\n".join(lines) + "\n"


def _one_line(option: Option, special: str = "") -> str:
    """An option's help for single quotes, with a backslash before the character that the shell takes for its own."""
    text = option.help.replace("\n", " ").replace("'", "’")
    return text.replace(special, f"\\{special}") if special else text
