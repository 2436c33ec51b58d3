"""Passwords of private keys: in the system's keyring, never in a file of findtui's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from findtui.errors import SettingsError

_PEM_KEY: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)

SERVICE: Final = "findtui"
"""Under which passwords stand in the keyring; the user name there is the key file."""


def password_of(key_file: Path) -> str | None:
    """The password kept for a key file, or None where there is none.

    Raises:
        SettingsError: the keyring cannot be asked.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, str(key_file))
    except (KeyringError, RuntimeError) as error:
        raise _unavailable(error) from error


def keep_password(key_file: Path, password: str) -> None:
    """Keep the password of a key file.

    Raises:
        SettingsError: the keyring does not take it.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, str(key_file), password)
    except (KeyringError, RuntimeError) as error:
        raise _unavailable(error) from error


def forget_password(key_file: Path) -> None:
    """Take the password of a key file out of the keyring; none there is no error.

    Raises:
        SettingsError: the keyring cannot be asked.
    """
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, str(key_file))
    except PasswordDeleteError:
        return
    except (KeyringError, RuntimeError) as error:
        raise _unavailable(error) from error


def is_encrypted(key_file: Path) -> bool:
    """Whether a private key needs a password; an unreadable file does not: TLS says what is wrong with it.

    PEM says so in its text (RFC 1421, RFC 7468). DER is encrypted where PKCS#8 wraps it so (RFC 5958).
    """
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        content = key_file.read_bytes()
        if b"-----BEGIN" in content:
            return b"ENCRYPTED" in content
        _load(content, None)
    except TypeError:
        return True
    except (OSError, ValueError, UnsupportedAlgorithm):
        return False
    return False


def opens(key_file: Path, password: str) -> bool:
    """Whether a password opens an encrypted key; what cannot be judged here is taken to: TLS has the last word."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        content = key_file.read_bytes()
        if _is_refused(content, password) is None:
            return True
        # One wrong password in 256 happens to decipher into something, which is then no key. Others tell it from a
        # file that is broken: there no password is refused as such.
        return not any(_is_refused(content, f"{password}{end}") for end in ("", "1", "2", "3"))
    except (OSError, TypeError, UnsupportedAlgorithm):
        return True


def _is_refused(content: bytes, password: str) -> bool | None:
    """Whether a key is not opened because of the password or of something else; None where it is opened."""
    try:
        _load(content, password.encode())
    except ValueError as error:
        return "password" in str(error).lower()
    return None


def _load(content: bytes, password: bytes | None) -> None:
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    key = _PEM_KEY.search(content)
    if key is not None:
        load_pem_private_key(key[0], password)
    else:
        load_der_private_key(content, password)


def _unavailable(error: Exception) -> SettingsError:
    return SettingsError(
        f"the system's keyring cannot be used: {error}", remedy="Choose to be asked for the password instead."
    )
