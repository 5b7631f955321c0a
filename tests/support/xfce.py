# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real session of Xfce, that starts what its autostart folder names, and is logged out of as its
menu does it: it speaks XSMP with its programs, as those of KDE and LXQt do.

    with Session(folder, desktop, {"icon": COMMAND}, environment) as session:
        session.log_out()
"""

import os

from gi.repository import Gio, GLib

from panel import connect
from process import Program

NAME = "org.xfce.SessionManager"
MANAGER = "/org/xfce/SessionManager"
IDLE = 1
# A session of nothing (Xfce refuses an empty one), and a logout that does not save it: it asks its programs
# all the same, and to save it would take a window manager.
XFCONF = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-session" version="1.0">
  <property name="general" type="empty">
    <property name="FailsafeSessionName" type="string" value="Failsafe"/>
    <property name="SaveOnExit" type="bool" value="false"/>
  </property>
  <property name="startup" type="empty">
    <property name="ssh-agent" type="empty"><property name="enabled" type="bool" value="false"/></property>
    <property name="gpg-agent" type="empty"><property name="enabled" type="bool" value="false"/></property>
  </property>
  <property name="sessions" type="empty">
    <property name="Failsafe" type="empty">
      <property name="IsFailsafe" type="bool" value="true"/>
      <property name="Count" type="int" value="1"/>
      <property name="Client0_Command" type="array"><value type="string" value="true"/></property>
    </property>
  </property>
</channel>
"""
ENTRY = "[Desktop Entry]\nType=Application\nName={name}\nExec={command}\n"


class Session:
    """@autostart: {name: command}; each of them gets @environment."""

    def __init__(self, folder, desktop, autostart, environment):
        self.folder = folder
        self.desktop = desktop
        self.environment = {
            "PATH": "/usr/bin:/bin", **environment, **desktop.environment, "XDG_CONFIG_HOME": folder,
            "XDG_CONFIG_DIRS": os.path.join(folder, "none"), "ICEAUTHORITY": os.path.join(folder, "ice"),
            "XDG_CACHE_HOME": os.path.join(folder, "cache"),
        }  # fmt: skip
        place = os.path.join(folder, "xfce4", "xfconf", "xfce-perchannel-xml")
        os.makedirs(place)
        os.makedirs(os.path.join(folder, "autostart"))
        with open(os.path.join(place, "xfce4-session.xml"), "w", encoding="utf-8") as file:
            file.write(XFCONF)
        for name in os.listdir("/etc/xdg/autostart"):  # of this machine's programs none
            with open(os.path.join(folder, "autostart", name), "w", encoding="utf-8") as file:
                file.write("[Desktop Entry]\nHidden=true\n")
        for name, command in autostart.items():
            path = os.path.join(folder, "autostart", f"{name}.desktop")
            with open(path, "w", encoding="utf-8") as file:
                file.write(ENTRY.format(name=name, command=command))

    def __enter__(self):
        self.bus = connect(self.desktop)
        self.xfconf = Program(
            "xfconfd", ["/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"],
            os.path.join(self.folder, "xfconfd.log"), env=self.environment,
        )  # fmt: skip
        self.xfconf.wait_until(lambda: self.owns("org.xfce.Xfconf"), "it is on the bus")
        self.program = Program(
            "xfce4-session", ["xfce4-session", "--disable-tcp"],
            os.path.join(self.folder, "session.log"), env=self.environment,
        )  # fmt: skip
        self.program.wait_until(lambda: self.owns(NAME), "it is on the bus")
        return self

    def __exit__(self, *_):
        self.program.stop()
        self.xfconf.stop()

    def owns(self, name):
        bus = "org.freedesktop.DBus"
        arguments = GLib.Variant("(s)", (name,))
        answer = self._call(bus, "/org/freedesktop/DBus", bus, "NameHasOwner", arguments)
        return answer.unpack()[0]

    def _call(self, name, path, interface, method, arguments):
        return self.bus.call_sync(
            name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 10000, None
        )

    def _manager(self, method, arguments=None):
        return self._call(NAME, MANAGER, "org.xfce.Session.Manager", method, arguments).unpack()

    def programs(self):
        """Of those that it asks before it ends."""
        wanted = GLib.Variant("(as)", (["Program"],))
        return [
            self._call(NAME, path, "org.xfce.Session.Client", "GetSmProperties", wanted).unpack()[0].get("Program")
            for path in self._manager("ListClients")[0]
        ]

    def is_idle(self):
        """Neither starting nor ending."""
        return self._manager("GetState")[0] == IDLE

    def log_out(self):
        """As its menu does it: what runs in it is asked."""
        self._manager("Logout", GLib.Variant("(bb)", (False, False)))
