# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letterlock as its packages installed it, used as a desktop uses it: the session starts the icon by
its autostart entry, the menu opens the window by its own, and the service comes over D-Bus when one of
them asks for it. Nobody starts a program of it by its path.

    with Session(folder, desktop, daemon) as session, session.window() as window:
"""

import configparser
import contextlib
import os
import signal
import subprocess

from desktop import Window
from keyring import Keyring
from process import Program, run, wait_until

WINDOW = "/usr/share/applications/org.letterlock.Letterlock.desktop"
ICON = "/etc/xdg/autostart/org.letterlock.Tray.desktop"
BUS = "org.freedesktop.DBus"


def wanted():
    """Whether the programs are those of a package: tests/packages/run says so."""
    return "LETTERLOCK_INSTALLED" in os.environ


class Activated(Program):
    """What the bus started, by the name that it has there."""

    def __init__(self, desktop, owned, name):
        self.desktop = desktop
        self.owned = owned
        self.name = name
        self.log = os.path.join(desktop.folder, "dbus.log")
        self.number = wait_until(self._ask, f"{name} is on the bus")
        self.path = os.readlink(f"/proc/{self.number}/exe")

    def _ask(self):
        done = subprocess.run(
            ["gdbus", "call", "--address", self.desktop.bus.address, "--dest", BUS, "--object-path",
             "/org/freedesktop/DBus", "--method", BUS + ".GetConnectionUnixProcessID", self.owned],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return int(done.stdout.split()[1].strip(",)")) if done.returncode == 0 else None

    @property
    def pid(self):
        return self.number

    def alive(self):
        return os.path.exists(f"/proc/{self.number}")

    def output(self):
        """All that was started writes into the bus's own."""
        return "\n".join(line for line in super().output().split("\n") if f"({self.name}:" in line)

    def stop(self, patience=60):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGTERM)
        wait_until(lambda: not self.alive(), f"{self.name} ends", patience)


def entry(path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser["Desktop Entry"]


class InstalledWindow(Window):
    def start(self):
        """As a menu opens what says DBusActivatable."""
        if entry(WINDOW)["DBusActivatable"] != "true":
            raise AssertionError(f"{WINDOW} is opened in another way")
        name = os.path.basename(WINDOW).removesuffix(".desktop")
        run(["gdbus", "call", "--address", self.desktop.bus.address, "--dest", name, "--object-path",
             "/" + name.replace(".", "/"), "--method", "org.freedesktop.Application.Activate", "{}"])  # fmt: skip
        return Activated(self.desktop, name, "letterlock-gui")


class Session:
    """Of @daemon's user, who has logged in. His keyring is open."""

    def __init__(self, folder, desktop, daemon):
        self.folder = folder
        self.desktop = desktop
        self.daemon = daemon
        daemon.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.bus.address
        self.environment = {**daemon.environment, **desktop.environment, "GTK_USE_PORTAL": "0"}
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(Keyring(os.path.join(self.folder, "keyring"), self.desktop.bus))
            pairs = [f"{name}={value}" for name, value in self.environment.items()]
            run(["dbus-update-activation-environment", *pairs], env=self.environment)
            icon = Program(
                "letterlock-tray", entry(ICON)["Exec"].split(), os.path.join(self.folder, "tray.log"),
                env=self.environment,
            )  # fmt: skip
            stack.callback(icon.stop)
            self.daemon.program = Activated(self.desktop, "org.letterlock.Letterlock1", "letterlockd")
            stack.callback(self.daemon.program.stop)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def window(self):
        return InstalledWindow(self.desktop, self.daemon, (), {})
