# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a window has, in few round trips: whoever looks for one name does not ask each of some hundred
controls for its own. What is found by it is still to be looked at (reader.Reader)."""

from gi.repository import Gio, GLib

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
DBUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
CHILDREN_MAX = 200
PATIENCE = 10000  # milliseconds; whoever asks asks again


class Tree:
    """Of the application with this @pid."""

    def __init__(self, pid):
        self.pid = pid
        self.bus = None
        self.owner = None

    def read(self):
        """[(the paths of what it is in, from the outside in, and its own; its name)], in the order in
        which it is read; [] while nobody answers."""
        try:
            if self.owner is None:
                self._connect()
            if self.owner is None:
                return []
            children = self._children()
            items = self._call(self.owner, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")[0]
        except GLib.Error:
            self.owner = None
            return []
        names = {item[0][1]: item[6] for item in items}
        found = []
        pending = [(path,) for path in reversed(children.get(ROOT, []))]
        while pending:
            line = pending.pop()
            found.append((line, names.get(line[-1], "")))
            pending.extend((*line, path) for path in reversed(children.get(line[-1], [])))
        return found

    def _connect(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        self.bus = session
        address = self._call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")[0]
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
        )
        for name in self._call(*DBUS, "ListNames")[0]:
            if name.startswith(":") and self._pid_of(name) == self.pid:
                self.owner = name

    def _pid_of(self, name):
        arguments = GLib.Variant("(s)", (name,))
        try:
            return self._call(*DBUS, "GetConnectionUnixProcessID", arguments)[0]
        except GLib.Error:
            return None  # gone meanwhile

    def _call(self, name, path, interface, method, arguments=None):
        flags = Gio.DBusCallFlags.NONE
        return self.bus.call_sync(
            name, path, interface, method, arguments, None, flags, PATIENCE, None
        ).unpack()

    def _children(self):
        """{path: the paths of what is in it}, all asked for at once. GTK finds at a point, and lists,
        only what somebody has asked for."""
        children = {}
        waiting = [0]
        context = GLib.MainContext.new()

        def ask(path):
            waiting[0] += 1
            self.bus.call(
                self.owner, path, ACCESSIBLE, "GetChildren", None, None, Gio.DBusCallFlags.NONE,
                PATIENCE, None, answered, path,
            )  # fmt: skip

        def answered(bus, result, path):
            waiting[0] -= 1
            try:
                below = [one for _, one in bus.call_finish(result).unpack()[0]]
            except GLib.Error:
                below = []  # gone meanwhile
            children[path] = below[:CHILDREN_MAX]
            for one in children[path]:
                if one not in children:
                    ask(one)

        context.push_thread_default()
        try:
            ask(ROOT)
            while waiting[0] > 0:
                context.iteration(True)
        finally:
            context.pop_thread_default()
        return children
