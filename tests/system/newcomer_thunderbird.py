#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who writes with Thunderbird and only clicks: his own profile sends through Letterlock, a
letter goes, one is held and released from its notification, and all of it is taken back."""

import contextlib
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import installed
import tap
from daemon import binary
from desktop import Desktop
from process import Program, wait_until
from provider import NAME, PASSWORD, USER
from thunderbird import Thunderbird
from thunderbird_practice import at_home
from world import World

BODY = "With the findings.\r\n"
SERVER = ("hostname", "port", "try_ssl", "authMethod", "username")


class Login:
    username, password = USER, PASSWORD


class Place:
    """Anna has sent with Thunderbird for years, and has just installed Letterlock."""

    def __init__(self, folder, stack):
        if not Thunderbird.is_there():
            raise tap.Skip("there is no Thunderbird")
        self.folder = folder
        self.world = stack.enter_context(World(folder))
        self.daemon = self.world.daemon()
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        import panel

        self.notifications = panel.Notifications(self.desktop)
        self.own_profile()
        self.window = stack.enter_context(self.begin(stack))
        self.pictures = os.environ.get("LETTERLOCK_PICTURES", folder)

    def begin(self, stack):
        """The window to come; icon and service are there."""
        if installed.wanted():
            session = stack.enter_context(installed.Session(self.folder, self.desktop, self.daemon))
            return session.window()
        stack.enter_context(self.daemon)
        tray = Program(
            "letterlock-tray", [binary("letterlock-tray")], os.path.join(self.folder, "tray.log"),
            env={**self.daemon.environment, **self.desktop.environment},
        )  # fmt: skip
        stack.callback(tray.stop)
        path = f"{os.path.dirname(binary('letterlock'))}:/usr/bin:/bin"
        return self.desktop.window(self.daemon, PATH=path)

    def own_profile(self):
        """Where Thunderbird itself would have put it."""
        first = Thunderbird(os.path.join(self.folder, "first"))
        first.trust(self.world.ca.file)
        with first as program:
            program.add_account(Login, USER, host=NAME, port=465)
            program.quit()
        self.thunderbird = Thunderbird(os.path.join(self.folder, "again"))
        shutil.rmtree(self.thunderbird.profile)
        self.thunderbird.profile = at_home(first, self.daemon.environment["HOME"])
        self.thunderbird.settle()
        self.thunderbird.identity = "id1"
        self.before = self.server()

    def two_identities(self):
        """As somebody who has a second address, with an outgoing server of its own."""
        path = os.path.join(self.thunderbird.profile, "prefs.js")
        with open(path, encoding="utf-8") as file:
            lines = file.read()
        for before, after in (('.identities", "id1"', '.identities", "id1,id2"'),
                              ('"mail.smtpservers", "smtp1"', '"mail.smtpservers", "smtp1,smtp2"')):  # fmt: skip
            tap.true(before in lines, lines)
            lines = lines.replace(before, after)
        first = [x for x in lines.splitlines(keepends=True) if ".id1." in x or ".smtp1." in x]
        second = "".join(first).replace("id1", "id2").replace("smtp1", "smtp2").replace("465", "587")
        second = second.replace('try_ssl", 3', 'try_ssl", 2')
        second = second.replace('useremail", "anna', 'useremail", "office')
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines + second)

    def server(self):
        """The settings of its outgoing server, and whether our authority is trusted."""
        with open(os.path.join(self.thunderbird.profile, "prefs.js"), encoding="utf-8") as file:
            lines = [x for x in file if "mail.smtpserver.smtp" in x and x.split('"')[1].endswith(SERVER)]
        trusted = subprocess.run(
            ["certutil", "-L", "-d", "sql:" + self.thunderbird.profile],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return sorted(lines), "Letterlock" in trusted

    def send(self, to, subject):
        attachment = os.path.join(self.folder, "findings.bin")
        with open(attachment, "wb") as file:
            file.write(bytes(range(256)) * 64)
        return self.thunderbird.send(to, subject, BODY, attachment)

    def arrived(self, subject):
        return [x for x in self.world.provider.letters() if f"Subject: {subject}".encode() in x]

    def picture(self, name):
        self.window.picture(os.path.join(self.pictures, name))


def test_nothing_but_what_is_installed_runs(place):
    if not installed.wanted():
        raise tap.Skip("these programs are as they were built")
    tap.equal(place.daemon.program.path, "/usr/bin/letterlockd", "the service")
    tap.equal(place.window.program.path, "/usr/bin/letterlock-gui", "the window")


def test_the_plan_is_shown_before_anything_changes(place):
    place.window.wait_text("Your letters, locked before they leave")
    place.window.press("I write with Thunderbird")
    place.window.wait_text(f"{NAME}:465")
    place.picture("setup-thunderbird.png")
    tap.equal(place.server(), place.before, "the profile")


def test_it_is_set_up_by_a_click(place):
    place.window.press("Next")
    place.window.wait_text("Signing in at your provider works")
    place.window.wait_text("Nothing to lock letters with was found yet")
    place.picture("setup-thunderbird-open-way.png")
    place.window.press("Next")
    place.window.wait_text("Thunderbird sends through Letterlock from its next start on. Letters always "
                           "leave (Everyday). Those whose way was open are marked.")  # fmt: skip
    place.window.wait_text("Your folders Sent and Drafts")
    place.picture("setup-thunderbird-end.png")
    place.window.press("Done")
    (account,) = place.daemon.letterlock("account", "list", "--json")
    tap.equal(account["preset"], "everyday", "preset")
    lines, trusted = place.server()
    tap.true(trusted, "the authority is not trusted")
    tap.true(any('"localhost"' in x for x in lines), lines)


def test_it_sends_and_one_waits_for_a_word(place):
    with place.thunderbird as program:
        tap.equal(place.send("bob@dane.lab", "Sent"), "", "Thunderbird says")
        wait_until(lambda: place.arrived("Sent"), "it arrives")
        tap.equal(place.send("dora@plain.lab", "[hold] Waits"), "", "Thunderbird says")
        number, summary, _, actions = place.notifications.wait_about("dora@plain.lab")
        tap.equal(summary, "A letter waits for your decision", "summary")
        tap.true("anyway" in actions, actions)
        tap.equal(place.arrived("Waits"), [], "letters at the provider")
        place.notifications.answer(number, "anyway")
        wait_until(lambda: place.arrived("Waits"), "it arrives")
        program.quit()


def test_all_of_it_is_taken_back(place):
    said = place.daemon.letterlock("undo")
    tap.equal(place.server(), place.before, said)


def test_each_identity_gets_what_was_chosen_and_no_other_account(place):
    for account in place.daemon.letterlock("account", "list", "--json"):
        place.daemon.letterlock("account", "remove", account["account"])
    place.daemon.add_account("club@provider.lab", f"{NAME}:465", "--name", "club", security="tls")
    place.two_identities()
    place.window.page(6)
    place.window.wait_text("club@provider.lab")
    place.window.press("Add …")
    place.window.press("I write with Thunderbird")
    place.window.wait_text("office@provider.lab")
    place.window.press("Next")
    place.window.wait_text("Signing in at your provider works")
    place.window.press("Next")
    place.window.wait_text("Thunderbird sends through Letterlock")
    place.window.press("Done")
    accounts = place.daemon.letterlock("account", "list", "--json")
    chosen = {account["addresses"][0]: account["preset"] for account in accounts}
    tap.equal(
        chosen, {"club@provider.lab": None, USER: "everyday", "office@provider.lab": "everyday"}, "preset"
    )  # fmt: skip


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
