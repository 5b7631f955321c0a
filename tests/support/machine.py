# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system bus with logind or NetworkManager on it, played by python-dbusmock: what a laptop says
when it goes to sleep, is shut down, or is on somebody's telephone."""

import os
import subprocess

from daemon import Bus
from process import Program, run

LOGIN = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
NETWORK = ("org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager")
METERED = {"yes": 1, "no": 2, "guess-yes": 3, "guess-no": 4}


class Machine:
    """@templates: of python-dbusmock, "logind" and "networkmanager"."""

    def __init__(self, folder, *templates):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.bus = Bus(folder)
        self.templates = templates
        self.programs = []
        self.metered = None

    def __enter__(self):
        self.bus.__enter__()
        self.environment = {"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address}
        for template in self.templates:
            program = Program(
                template, ["/usr/bin/python3", "-m", "dbusmock", "--system", "--template", template],
                os.path.join(self.folder, template + ".log"),
                env={"PATH": "/usr/bin:/bin", **self.environment},
            )  # fmt: skip
            self.programs.append(program)
            name = (LOGIN if template == "logind" else NETWORK)[0]
            program.wait_until(lambda name=name: self._has(name), "it is on the bus")
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.stop()
        self.bus.__exit__()

    def call(self, name, path, method, *arguments):
        return run(
            ["gdbus", "call", "--address", self.bus.address, "--dest", name, "--object-path", path,
             "--method", method, *arguments]
        )  # fmt: skip

    def _has(self, name):
        bus = "org.freedesktop.DBus"
        try:
            return "true" in self.call(bus, "/org/freedesktop/DBus", bus + ".NameHasOwner", name)
        except subprocess.SubprocessError:
            return False

    # -- logind ---------------------------------------------------------------------------

    def inhibitors(self):
        """What holds the machine back, in gdbus' words; "" when nothing does."""
        name, path, interface = LOGIN
        said = self.call(name, path, interface + ".ListInhibitors")
        return said if "Letterlock" in said else ""

    def prepare(self, what, begins):
        """@what: "Sleep" or "Shutdown"."""
        name, path, interface = LOGIN
        self.call(
            name, path, "org.freedesktop.DBus.Mock.EmitSignal", interface, f"PrepareFor{what}", "b",
            f"[<{str(begins).lower()}>]",
        )  # fmt: skip

    # -- NetworkManager ------------------------------------------------------------------------

    def meter(self, word):
        name, path, interface = NETWORK
        mock = "org.freedesktop.DBus.Mock."
        value = f"<uint32 {METERED[word]}>"
        if not self.metered:  # the template has no such property
            self.call(name, path, mock + "AddProperty", interface, "Metered", value)
        else:
            self.call(name, path, mock + "UpdateProperties", interface, f"{{'Metered': {value}}}")
        self.metered = word
