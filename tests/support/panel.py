# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop has for icons and notifications: a real panel, whose icons are asked for their words
and whose menus are clicked; and a service that keeps the notifications, and answers them as a
person would."""

import os

from gi.repository import Gio, GLib

from process import Program, wait_until

XFCONF = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="size" type="uint" value="32"/>
      <property name="length" type="uint" value="100"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""
MENU = "com.canonical.dbusmenu"
ITEM = "org.kde.StatusNotifierItem"
NOTIFICATIONS = "org.freedesktop.Notifications"
CAPTURE = f"""<node><interface name="{NOTIFICATIONS}">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/></method>
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="as" direction="in"/><arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/>
    <arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""


def connect(desktop):
    flags = Gio.DBusConnectionFlags
    return Gio.DBusConnection.new_for_address_sync(
        desktop.bus.address,
        flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None,
    )  # fmt: skip


def turn():
    """Lets what came over the bus be handled."""
    while GLib.MainContext.default().iteration(False):
        pass


def words_of(bus, name, path="/StatusNotifierItem"):
    """What is read where this icon is pointed at."""
    arguments = GLib.Variant("(ss)", (ITEM, "ToolTip"))
    answer = bus.call_sync(
        name, path, "org.freedesktop.DBus.Properties", "Get", arguments, None, Gio.DBusCallFlags.NONE, 5000, None
    )
    return answer.unpack()[0][3]


class Panel:
    """xfce4-panel with its tray."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.folder = os.path.join(desktop.folder, "panel")
        self.bus = connect(desktop)

    def __enter__(self):
        place = os.path.join(self.folder, "xfce4", "xfconf", "xfce-perchannel-xml")
        os.makedirs(place)
        with open(os.path.join(place, "xfce4-panel.xml"), "w", encoding="utf-8") as file:
            file.write(XFCONF)
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": self.folder, "XDG_CONFIG_HOME": self.folder,
            "XDG_CACHE_HOME": self.folder, "XDG_RUNTIME_DIR": self.folder, **self.desktop.environment,
        }  # fmt: skip
        self.xfconf = Program(
            "xfconfd", ["/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd"],
            os.path.join(self.folder, "xfconfd.log"), env=environment,
        )  # fmt: skip
        self.xfconf.wait_until(lambda: self.has_owner("org.xfce.Xfconf"), "it is on the bus")
        self.program = Program(
            "xfce4-panel", ["xfce4-panel", "--disable-wm-check"],
            os.path.join(self.folder, "panel.log"), env=environment,
        )  # fmt: skip
        self.program.wait_until(self._has_tray, "its tray is there")
        return self

    def __exit__(self, *_):
        self.program.stop()
        self.xfconf.stop()

    def call(self, name, path, interface, method, arguments=None):
        turn()
        answer = self.bus.call_sync(
            name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 5000, None
        )
        return answer.unpack() if answer is not None else None

    def get(self, name, path, interface, key):
        arguments = GLib.Variant("(ss)", (interface, key))
        return self.call(name, path, "org.freedesktop.DBus.Properties", "Get", arguments)[0]

    def has_owner(self, name):
        arguments = GLib.Variant("(s)", (name,))
        bus = "org.freedesktop.DBus"
        return self.call(bus, "/org/freedesktop/DBus", bus, "NameHasOwner", arguments)[0]

    def _watcher(self, key):
        name = "org.kde.StatusNotifierWatcher"
        return self.get(name, "/StatusNotifierWatcher", name, key)

    def _has_tray(self):
        try:
            return self._watcher("IsStatusNotifierHostRegistered")
        except GLib.Error:
            return False

    def item(self):
        """Where the icon is: (name on the bus, path); None while there is none."""
        for entry in self._watcher("RegisteredStatusNotifierItems"):
            name, _, path = entry.partition("/")
            return name, "/" + path
        return None

    def words(self):
        return words_of(self.bus, *self.item())

    def icon(self):
        return self.get(*self.item(), ITEM, "IconName")

    def click(self):
        self.call(*self.item(), ITEM, "Activate", GLib.Variant("(ii)", (0, 0)))

    def menu(self):
        """[(label, number, enabled, children)] of what can be seen."""
        name, path = self.item()[0], self.get(*self.item(), ITEM, "Menu")
        arguments = GLib.Variant("(iias)", (0, -1, []))

        def unfold(node):
            number, properties, children = node
            return (
                properties.get("label", "").replace("__", "_"), number,
                properties.get("enabled", True),
                [unfold(child) for child in children if child[1].get("visible", True)],
            )  # fmt: skip

        return unfold(self.call(name, path, MENU, "GetLayout", arguments)[1])[3]

    def choose(self, *labels, seen=None):
        """A click on an entry, by the labels on the way to it; in a menu that was @seen before, or as
        it is now."""
        entries = seen or self.menu()
        for label in labels:
            found = next(entry for entry in entries if entry[0] == label)
            entries = found[3]
        name, path = self.item()[0], self.get(*self.item(), ITEM, "Menu")
        arguments = GLib.Variant("(isvu)", (found[1], "clicked", GLib.Variant("s", ""), 0))
        self.call(name, path, MENU, "Event", arguments)


class Notifications:
    """{number: (summary, body, [action, label, ...])} of what stands on the screen, and what came in
    all."""

    def __init__(self, desktop):
        self.bus = connect(desktop)
        self.shown = {}
        self.came = []
        self.is_slow = False  # it shows what comes, and says so only in answer_late
        self.late = []
        interface = Gio.DBusNodeInfo.new_for_xml(CAPTURE).interfaces[0]
        self.bus.register_object("/org/freedesktop/Notifications", interface, self._call, None, None)
        self.begin()

    def begin(self):
        self.name = Gio.bus_own_name_on_connection(self.bus, NOTIFICATIONS, Gio.BusNameOwnerFlags.NONE, None, None)
        turn()

    def begin_anew(self):
        """Ended, and started again: nothing is on the screen, and the next one is number 1."""
        Gio.bus_unown_name(self.name)
        self.shown.clear()
        self.came.clear()
        self.begin()

    def lock(self, desktop, locked):
        """What the screen saver of a desktop says."""
        name = f"org.{desktop}.ScreenSaver"
        owner = Gio.bus_own_name_on_connection(self.bus, name, Gio.BusNameOwnerFlags.NONE, None, None)
        turn()
        path = "/" + name.replace(".", "/")
        self.bus.emit_signal(None, path, name, "ActiveChanged", GLib.Variant("(b)", (locked,)))
        turn()
        Gio.bus_unown_name(owner)

    def _call(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        if method == "Notify":
            _, number, _, summary, body, actions, _, _ = parameters.unpack()
            number = number or len(self.came) + 1
            self.shown[number] = (summary, body, actions)
            self.came.append(self.shown[number])
            answer = GLib.Variant("(u)", (number,))
            if self.is_slow:
                self.late.append((invocation, answer))
            else:
                invocation.return_value(answer)
        elif method == "CloseNotification":
            number = parameters.unpack()[0]
            self.shown.pop(number, None)
            invocation.return_value(None)
            self._tell("NotificationClosed", GLib.Variant("(uu)", (number, 3)))
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", (["actions", "body"],)))
        else:
            invocation.return_value(GLib.Variant("(ssss)", ("test", "test", "1", "1.2")))

    def answer_late(self):
        self.is_slow = False
        for invocation, answer in self.late:
            invocation.return_value(answer)
        self.late.clear()

    def _tell(self, signal, arguments):
        path = "/org/freedesktop/Notifications"
        self.bus.emit_signal(None, path, NOTIFICATIONS, signal, arguments)

    def about(self, text):
        """(number, summary, body, actions) of the one that has @text in it; None."""
        turn()
        for number, (summary, body, actions) in self.shown.items():
            if text in summary or text in body:
                return number, summary, body, actions
        return None

    def wait_about(self, text):
        return wait_until(lambda: self.about(text), f"a notification says {text!r}")

    def wait_gone(self, text):
        wait_until(lambda: self.about(text) is None, f"no notification says {text!r} any more")

    def wait_count(self, what, count):
        """That many say just that: (summary, body, actions)."""
        wait_until(lambda: turn() or list(self.shown.values()).count(what) == count, f"{count} times {what}")

    def answer(self, number, action):
        self._tell("ActionInvoked", GLib.Variant("(us)", (number, action)))
        turn()
