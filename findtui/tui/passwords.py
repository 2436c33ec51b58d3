"""Passwords of private keys: from the keyring, or asked for, and known only as long as the application runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from findtui.errors import FindtuiError
from findtui.net.peer import Peer
from findtui.net.tls.settings import Password
from findtui.store import secrets
from findtui.store.profiles import Profile
from findtui.tui.failsafe import complain
from findtui.tui.screens.ask import AskScreen

if TYPE_CHECKING:
    from findtui.tui.app import FindtuiApp


async def with_password(app: FindtuiApp, peer: Peer, profile: Profile | None, known: dict[str, str]) -> Peer | None:
    """The peer with the password of its key filled in; None where its user gave up.

    A password is only kept once it has opened the key. A keyring that cannot be used is told, and its user asked.

    Args:
        app: asks.
        peer: as saved.
        profile: says whether the keyring keeps the password.
        known: passwords that were given before, by key file.
    """
    tls = peer.tls
    if tls is None or tls.key_file is None or tls.password is not Password.ASK:
        return peer
    if not await asyncio.to_thread(secrets.is_encrypted, tls.key_file):
        return peer._replace(tls=replace(tls, password=Password.EMPTY))
    password = known.get(str(tls.key_file))
    if password is None or not await asyncio.to_thread(secrets.opens, tls.key_file, password):
        keyring = profile is not None and profile["tls.password"] == "keyring"
        password = await _found(app, tls.key_file, keyring)
        if password is None:
            return None
        known[str(tls.key_file)] = password
    return peer._replace(tls=replace(tls, password=password))


async def _found(app: FindtuiApp, key_file: Path, keyring: bool) -> str | None:
    """The password that opens a key, from the keyring or its user; None where there is none."""
    if keyring:
        try:
            kept = await asyncio.to_thread(secrets.password_of, key_file)
        except FindtuiError as error:
            complain(app, error)
            keyring = False
        else:
            if kept is not None and await asyncio.to_thread(secrets.opens, key_file, kept):
                return kept
    question = f"of the key {key_file}"
    while True:
        password = await app.push_screen_wait(AskScreen("Password", question, secret=True))
        if password is None:
            return None
        if await asyncio.to_thread(secrets.opens, key_file, password):
            break
        question = f"of the key {key_file}\n✖ The one that you gave does not open it. Please try again."
    if keyring:
        try:
            await asyncio.to_thread(secrets.keep_password, key_file, password)
        except FindtuiError as error:
            complain(app, error)
    return password
