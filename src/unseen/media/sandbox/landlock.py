"""No file system and no TCP for this process, as far as the kernel's Landlock reaches (linux/landlock.h)."""

from __future__ import annotations

import ctypes
import os
import struct

from unseen.media.sandbox.system import checked, libc

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same numbers on every architecture
_VERSION = 1  # flag: tell the ABI instead of making a ruleset
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  #: how many rights an ABI knows; later ones know no more
_TCP_BIND_CONNECT = 0b11  # from ABI 4
_ABSTRACT_SOCKETS_SIGNALS = 0b11  # from ABI 6


def abi() -> int:
    """The kernel's version of Landlock. Raises OSError where it has none or has it switched off."""
    return checked(libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))


def install() -> None:
    """Allow this thread, and every one it starts, nothing of what Landlock knows. Raises OSError.

    What is open stays open. The process has to have promised to gain no privileges (no_new_privs).
    """
    version = abi()
    files = (1 << _FILE_RIGHTS.get(version, max(_FILE_RIGHTS.values()))) - 1
    fields = [files]
    if version >= 4:
        fields.append(_TCP_BIND_CONNECT)
    if version >= 6:
        fields.append(_ABSTRACT_SOCKETS_SIGNALS)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = checked(libc().syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    try:
        checked(libc().syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
