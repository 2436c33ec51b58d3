"""What `findtui --help` and `findtui --version` print; they are answered before anything is loaded for more."""

from __future__ import annotations

from findtui import __version__

VERSION = f"findtui {__version__}\n"

HELP = """\
usage: findtui [--profile NAME] [--run]
       findtui COMMAND ...

Ask DICOM servers questions with C-FIND. Without a command the application opens.

options:
  -h, --help            print this help text and exit
  --version             print version information and exit
  --profile NAME        open the application on this saved peer
  --run                 ask the query at once

commands:
  findscu               ask headless, as DCMTK's findscu does (findtui findscu --help)
  open COMMAND          open the application on a findscu command line
  demo                  open the application on a demo server full of made-up patients
  scp                   run the demo server for anyone to query (findtui scp --help)
  completion SHELL      print a completion script for bash, zsh or fish

exit status of findtui findscu:
  0 success, 1 usage, 2 network, 4 the peer reported a failure or responses were unreadable, 5 output,
  70 an error in findtui itself, 130 interrupted
"""
