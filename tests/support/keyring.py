# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real gnome-keyring on a session bus of its own, that a test locks, opens and empties.

Opened as the login does it, through its control socket, and then nothing on the bus says so.
"""

import os
import re
import socket
import struct
import subprocess
import tempfile

from process import Program, run

PASSWORD = b"practice"
NAME = "org.freedesktop.secrets"
SERVICE = "/org/freedesktop/secrets"
LOGIN = SERVICE + "/collection/login"
COLLECTION = "org.freedesktop.Secret.Collection"
UNLOCK = 1  # gnome-keyring's GKD_CONTROL_OP_UNLOCK


class Keyring:
    def __init__(self, folder, bus):
        self.folder = folder
        self.bus = bus
        self.control = os.path.join(folder, "control")
        self.program = None
        os.makedirs(folder, mode=0o700, exist_ok=True)

    def start(self, login=False):
        """Open after a @login, and on the first day, when there is none yet; else locked."""
        login = login or not os.path.exists(os.path.join(self.folder, "keyrings", "login.keyring"))
        with tempfile.TemporaryFile() as password:
            password.write(PASSWORD)
            password.seek(0)
            self._start(password, ["--unlock"] if login else [])
        if login:
            self.program.wait_until(self._is_open, "the keyring is open")
        return self

    def _start(self, password, options):
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": self.folder, "XDG_DATA_HOME": self.folder,
            "XDG_RUNTIME_DIR": self.folder, "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
        }  # fmt: skip
        self.program = Program(
            "gnome-keyring-daemon",
            ["gnome-keyring-daemon", "--foreground", "--components=secrets",
             f"--control-directory={self.folder}", *options],
            os.path.join(self.folder, "keyring.log"), env=environment, stdin=password,
        )  # fmt: skip
        self.program.wait_until(self._owns_its_name, "it owns its name")

    def _owns_its_name(self):
        reply = self._call(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", NAME
        )
        return "true" in reply

    def stop(self):
        self.program.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _call(self, name, path, method, *arguments):
        return run(
            ["gdbus", "call", "--address", self.bus.address, "--dest", name, "--object-path", path,
             "--method", method, *arguments]
        )  # fmt: skip

    def unlock(self):
        """What the login does with the password that was typed."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(self.control)
            words = struct.pack(">I", len(PASSWORD)) + PASSWORD
            control.sendall(b"\0" + struct.pack(">II", 8 + len(words), UNLOCK) + words)
            answer = struct.unpack(">II", control.recv(8))
        if answer[1] != 0:
            raise AssertionError(f"the keyring does not open: {answer}")
        self.program.wait_until(self._is_open, "the keyring is open")

    def _is_open(self):
        method = "org.freedesktop.DBus.Properties.Get"
        try:
            return "false" in self._call(NAME, LOGIN, method, COLLECTION, "Locked")
        except subprocess.SubprocessError:  # on the first day it is still being made
            return False

    def lock(self):
        method = "org.freedesktop.Secret.Service.Lock"
        reply = self._call(NAME, SERVICE, method, f"['{LOGIN}']")
        if LOGIN not in reply:
            raise AssertionError(f"the keyring was not locked: {reply}")

    def items(self, **attributes):
        words = "{" + ", ".join(f"'{k}': '{v}'" for k, v in attributes.items()) + "}"
        method = "org.freedesktop.Secret.Service.SearchItems"
        return re.findall(r"/org/[\w/]+/\d+", self._call(NAME, SERVICE, method, words))

    def forget(self, **attributes):
        """Deletes what has these attributes; returns how many."""
        found = self.items(**attributes)
        for item in found:
            self._call(NAME, item, "org.freedesktop.Secret.Item.Delete")
        return len(found)

    def begin_anew(self):
        """Its file is gone, and with it all that it knew."""
        self.stop()
        os.remove(os.path.join(self.folder, "keyrings", "login.keyring"))
        self.start()
