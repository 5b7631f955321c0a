#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the icon tells when letters wait for the user himself: for his keyring, for his sign-in at
the provider, and when the machine is shut down before they are sent. One click, and it goes on."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import tap
from daemon import binary
from desktop import Desktop
from gi.repository import Gio, GLib
from keyring import Keyring
from machine import Machine
from office import letter
from process import Program, wait_until
from provider import Provider
from token_server import TokenServer, browse
from world import World

MAIL = ("mail.cloud.lab", "127.0.0.91")
LOGIN = ("login.cloud.lab", "127.0.0.92")
USER = "anna@cloud.lab"
PROMPTER = """<node><interface name="org.gnome.keyring.internal.Prompter">
  <method name="BeginPrompting"><arg type="o" direction="in"/></method>
</interface></node>"""
SESSION = """<node><interface name="org.gnome.SessionManager">
  <method name="Inhibit"><arg type="s" direction="in"/><arg type="u" direction="in"/>
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="u" direction="out"/></method>
  <method name="Uninhibit"><arg type="u" direction="in"/></method>
</interface></node>"""
BROWSER = "[Desktop Entry]\nType=Application\nName=Browser\nExec={script} %u\nMimeType=x-scheme-handler/https;\n"


class Prompter:
    """Where gnome-keyring asks for the password: counts how often, and types nothing."""

    def __init__(self, bus):
        self.asked = 0
        interface = Gio.DBusNodeInfo.new_for_xml(PROMPTER).interfaces[0]
        bus.register_object("/org/gnome/keyring/Prompter", interface, self._call, None, None)
        flags = Gio.BusNameOwnerFlags.NONE
        Gio.bus_own_name_on_connection(bus, "org.gnome.keyring.SystemPrompter", flags, None, None)

    def _call(self, _bus, _sender, _path, _interface, _method, _parameters, invocation):
        self.asked += 1
        invocation.return_value(None)


class Session:
    """A session that asks its programs before it ends."""

    def __init__(self, bus):
        self.reasons = {}  # cookie -> why
        self.came = 0
        interface = Gio.DBusNodeInfo.new_for_xml(SESSION).interfaces[0]
        bus.register_object("/org/gnome/SessionManager", interface, self._call, None, None)
        flags = Gio.BusNameOwnerFlags.NONE
        Gio.bus_own_name_on_connection(bus, "org.gnome.SessionManager", flags, None, None)

    def _call(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        if method == "Inhibit":
            self.came += 1
            self.reasons[self.came] = parameters.unpack()[2:]
            invocation.return_value(GLib.Variant("(u)", (self.came,)))
        else:
            self.reasons.pop(parameters.unpack()[0])
            invocation.return_value(None)


class Place:
    def __init__(self, folder, stack):
        self.folder = folder
        self.world = World(folder)
        self.world.zones.zone("cloud.lab", f"@ MX 10 mail\nmail A {MAIL[1]}\nlogin A {LOGIN[1]}\n", signed=False)
        stack.enter_context(self.world)
        self.server = stack.enter_context(TokenServer(self.world.ca.issue(LOGIN[0]), *LOGIN, user=USER))
        self.cloud = stack.enter_context(
            Provider(
                os.path.join(folder, "cloud"), self.world.ca.issue(MAIL[0]), address=MAIL[1],
                name=MAIL[0], users={USER: "no password"}, introspection=self.server.introspection,
            )
        )  # fmt: skip
        self.machine = stack.enter_context(Machine(os.path.join(folder, "machine"), "logind"))
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        self.keyring = stack.enter_context(Keyring(os.path.join(folder, "keyring"), self.desktop.bus))
        self.daemon = stack.enter_context(
            self.world.daemon(bus=self.desktop.bus.address, environment=self.machine.environment)
        )
        self._settle_browser()
        self._start_icon(stack)
        self.world.account(self.daemon)

    def _settle_browser(self):
        """One that writes down what it is to open."""
        self.opened = os.path.join(self.folder, "opened")
        script = os.path.join(self.folder, "browser")
        applications = os.path.join(self.daemon.folder, "data", "applications")
        os.makedirs(applications)
        with open(script, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\necho "$1" >{self.opened}.new && mv {self.opened}.new {self.opened}\n')
        os.chmod(script, 0o755)
        with open(os.path.join(applications, "browser.desktop"), "w", encoding="utf-8") as file:
            file.write(BROWSER.format(script=script))
        with open(os.path.join(applications, "mimeapps.list"), "w", encoding="utf-8") as file:
            file.write("[Default Applications]\nx-scheme-handler/https=browser.desktop\n")

    def _start_icon(self, stack):
        import panel

        self.notifications = panel.Notifications(self.desktop)
        self.prompter = Prompter(self.notifications.bus)
        self.session = Session(self.notifications.bus)
        environment = {**self.daemon.environment, **self.desktop.environment}
        self.program = Program(
            "letterlock-tray", [binary("letterlock-tray")], os.path.join(self.folder, "tray.log"),
            env=environment,
        )  # fmt: skip
        stack.callback(self.program.stop)

    def submit(self, sender, name):
        content = letter("bob@dane.lab", name=name, sender=sender).decode()
        done = self.daemon.try_letterlock("sendmail", "-f", sender, "bob@dane.lab", text=content)
        tap.equal(done.returncode, 0, done.stderr)

    def turn_until(self, question, what):
        """What comes over the bus is handled meanwhile."""
        wait_until(lambda: (self.notifications.about("") or True) and question(), what)


def test_shutdown(place):
    """Shut down while a letter waits: it is said, and taken back when the machine stays after all"""
    place.world.provider.stop()
    place.submit(place.world.sender, "first")
    place.daemon.wait_state("waiting")
    tap.equal(place.notifications.came, [], "notifications")
    at_logout = [("1 letter is not sent yet", 1)]
    place.turn_until(lambda: list(place.session.reasons.values()) == at_logout, "the session knows")
    place.machine.prepare("Shutdown", True)
    _, summary, body, actions = place.notifications.wait_about("1 letter is not sent yet")
    tap.equal((summary, actions), ("1 letter is not sent yet", []), "notification")
    tap.true("until this computer runs again" in body, body)
    place.machine.prepare("Shutdown", False)
    place.notifications.wait_gone("not sent yet")
    place.notifications.is_slow = True
    place.machine.prepare("Shutdown", True)
    place.notifications.wait_about("1 letter is not sent yet")
    place.machine.prepare("Shutdown", False)
    place.turn_until(lambda: not place.daemon.letterlock("status", "--json")[0]["leaving"], "the daemon knows that it stays")
    place.notifications.answer_late()
    place.notifications.wait_gone("not sent yet")


def test_locked_keyring(place):
    """The keyring is locked and letters wait: one notice, whose click brings up the keyring's own
    prompt; when it is open the notice goes"""
    place.keyring.lock()
    place.submit(place.world.sender, "second")
    number, summary, body, actions = place.notifications.wait_about("Your keyring is locked")
    tap.equal((body, actions), ("2 letters are not sent yet", ["remedy", "Unlock"]), "notification")
    place.submit(place.world.sender, "one more")
    now, *_ = place.notifications.wait_about("3 letters are not sent yet")
    tap.equal((now, len(place.notifications.shown)), (number, 1), "the notification in its place, and how many")
    place.notifications.answer(number, "remedy")
    place.turn_until(lambda: place.prompter.asked == 1, "the keyring asks for its password")
    place.keyring.unlock()
    place.world.provider.start()
    for record in place.daemon.letters("--state", "waiting"):
        place.daemon.letterlock("retry", record["id"])
    place.daemon.wait_state("sent", 3)
    place.notifications.wait_gone("Your keyring is locked")


def test_sign_in(place):
    """A provider wants a sign-in and a letter waits for it: one notice for all letters, whose click
    opens the browser; after it the letters go, and the notice, too"""
    place.daemon.add_account(USER, f"{MAIL[0]}:465", "--name", "cloud", *place.server.settings(),
                             "--auth", "oauth2", security="tls")  # fmt: skip
    place.submit(USER, "third")
    number, summary, body, actions = place.notifications.wait_about("Account cloud")
    tap.equal((summary, actions), ("Sign in to send", ["remedy", "Sign in"]), "notification")
    came = len(place.notifications.came)
    place.submit(USER, "fourth")
    place.daemon.wait_state("waiting", 2)
    tap.equal(len(place.notifications.came), came, "notifications")
    place.notifications.answer(number, "remedy")
    place.turn_until(lambda: os.path.exists(place.opened), "the browser is opened")
    with open(place.opened, encoding="utf-8") as file:
        status, page = browse(file.read().strip(), place.world.ca.file)
    tap.true(status == 200 and "Signed in" in page, page)
    place.daemon.wait_state("sent", 5)
    place.notifications.wait_gone("Account cloud")
    place.turn_until(lambda: not place.session.reasons, "the session lets him go")
    kept = place.keyring.items(purpose="oauth2-refresh-token", name="cloud")
    tap.equal(len(kept), 1, "permissions in the keyring")
    with open(os.path.join(place.daemon.state, "secrets"), encoding="utf-8") as file:
        text = file.read()
    tap.true(not any(token in text for token in place.server.refresh), "the permission is in a file")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
