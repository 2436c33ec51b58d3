"""Dark, light, and without colour.

Colour only repeats what a mark and a word say already, so the theme without colours loses nothing: it uses the
terminal's own text colour, and bold, dim and reverse where the others have colours.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="findtui-dark",
    primary="#6cb6ff",
    secondary="#8b98a9",
    accent="#6cb6ff",
    success="#7bc275",
    warning="#dfae5c",
    error="#f0787d",
    foreground="#d3d9e1",
    background="#12161c",
    surface="#161b22",
    panel="#1d242d",
    boost="#1d242d",
    dark=True,
    variables={
        "quiet": "#8490a0",
        "rule": "#36404c",
        "block-cursor-background": "#274a70",
        "block-cursor-foreground": "#f4f8fc",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#222b36",
        "footer-background": "#12161c",
        "footer-description-foreground": "#8490a0",
        "footer-key-foreground": "#6cb6ff",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "#274a70",
    },
)

LIGHT: Final = Theme(
    name="findtui-light",
    primary="#0a5fb4",
    secondary="#5c6672",
    accent="#0a5fb4",
    success="#22692a",
    warning="#8a5300",
    error="#b02532",
    foreground="#1b2129",
    background="#fbfbf9",
    surface="#f4f4f1",
    panel="#ebebe7",
    boost="#ebebe7",
    dark=False,
    variables={
        "quiet": "#5c6672",
        "rule": "#c3c7cc",
        "block-cursor-background": "#cfe3f8",
        "block-cursor-foreground": "#0c1218",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e6ebf0",
        "footer-background": "#fbfbf9",
        "footer-description-foreground": "#5c6672",
        "footer-key-foreground": "#0a5fb4",
    },
)

PLAIN: Final = Theme(
    name="findtui-plain",
    ansi=True,
    primary="ansi_default",
    secondary="ansi_default",
    accent="ansi_default",
    success="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    variables={
        "quiet": "ansi_default",
        "rule": "ansi_default",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-cursor-blurred-text-style": "bold",
        "block-hover-background": "ansi_default",
        "footer-background": "ansi_default",
        "footer-foreground": "ansi_default",
        "footer-description-foreground": "ansi_default",
        "footer-description-background": "ansi_default",
        "footer-key-foreground": "ansi_default",
        "footer-key-background": "ansi_default",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_default",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_default",
        "screen-selection-foreground": "ansi_default",
        "scrollbar": "ansi_default",
        "scrollbar-hover": "ansi_default",
        "scrollbar-active": "ansi_default",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "scrollbar-corner-color": "ansi_default",
    },
)

THEMES: Final = (DARK, LIGHT, PLAIN)
