"""Passwords of private keys: from the keyring, or asked for, and known only as long as the application runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from findtui.net.peer import Peer
from findtui.net.tls.settings import Password
from findtui.store import secrets
from findtui.store.profiles import Profile
from findtui.tui.screens.ask import AskScreen

if TYPE_CHECKING:
    from findtui.tui.app import FindtuiApp


async def with_password(app: FindtuiApp, peer: Peer, profile: Profile | None, known: dict[str, str]) -> Peer | None:
    """The peer with the password of its key filled in; None where its user gave up.

    Args:
        app: asks.
        peer: as saved.
        profile: says whether the keyring keeps the password.
        known: passwords that were given before, by key file.

    Raises:
        SettingsError: the keyring is to be used, and cannot be.
    """
    tls = peer.tls
    if tls is None or tls.key_file is None or tls.password is not Password.ASK:
        return peer
    if not await asyncio.to_thread(secrets.is_encrypted, tls.key_file):
        return replace(peer, tls=replace(tls, password=Password.EMPTY))
    keyring = profile is not None and profile["tls.password"] == "keyring"
    password = known.get(str(tls.key_file))
    if password is None and keyring:
        password = await asyncio.to_thread(secrets.password_of, tls.key_file)
    if password is None:
        asked = AskScreen("Password", f"of the key {tls.key_file}", secret=True)
        password = await app.push_screen_wait(asked)
        if password is None:
            return None
        if keyring:
            await asyncio.to_thread(secrets.keep_password, tls.key_file, password)
    known[str(tls.key_file)] = password
    return replace(peer, tls=replace(tls, password=password))
