#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who logs out while letters are not sent yet: a real session of Xfce asks the icon, and the icon asks
him, by a notification."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import panel
import tap
import xfce
from daemon import binary
from desktop import Desktop
from office import letter
from process import wait_until
from world import World

TRAY = "org.letterlock.Tray"


class Place:
    def __init__(self, folder, stack):
        self.folder = folder
        self.world = stack.enter_context(World(folder))
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        self.daemon = stack.enter_context(self.world.daemon())
        self.notifications = panel.Notifications(self.desktop)
        self.world.account(self.daemon)
        self.sessions = 0

    def log_in(self):
        """A session with the icon in it."""
        self.sessions += 1
        folder = os.path.join(self.folder, f"session-{self.sessions}")
        return xfce.Session(folder, self.desktop, {"icon": binary("letterlock-tray")}, self.daemon.environment)

    def submit(self, name):
        content = letter("bob@dane.lab", name=name, sender=self.world.sender).decode()
        done = self.daemon.try_letterlock("sendmail", "-f", self.world.sender, "bob@dane.lab", text=content)
        tap.equal(done.returncode, 0, done.stderr)
        self.daemon.wait_state("waiting")

    def question(self, words):
        number, _, body, actions = self.notifications.wait_about(words)
        tap.equal(actions, ["leave", "Log out", "stay", "Stay"], "what can be chosen")
        tap.true("until you log in again" in body, body)
        return number


def wait_icon(session, words):
    """The icon is one of the programs of the session, and says so."""
    icon = lambda: session.is_idle() and "letterlock-tray" in session.programs()
    session.program.wait_until(icon, "the icon is one of its programs")
    wait_until(lambda: panel.words_of(session.bus, TRAY) == words, f"it says {words!r}")


def wait_over(session):
    wait_until(lambda: not session.program.alive(), "the session ends")
    wait_until(lambda: not session.owns(TRAY), "and the icon with it")


def test_nothing_waits_and_nobody_is_asked(place):
    with place.log_in() as session:
        wait_icon(session, "Nothing waits")
        session.log_out()
        wait_over(session)
        tap.equal(place.notifications.came, [], "questions")


def test_who_stays_and_who_leaves_all_the_same(place):
    """a letter waits: who logs out is asked; he stays, and is asked again when he leaves"""
    place.world.provider.stop()
    place.submit("first")
    with place.log_in() as session:
        wait_icon(session, "1 letter waits to be sent")
        session.log_out()
        place.notifications.answer(place.question("1 letter is not sent yet"), "stay")
        place.notifications.wait_gone("not sent yet")
        place.submit("second")
        wait_icon(session, "2 letters wait to be sent")
        session.log_out()
        place.notifications.answer(place.question("2 letters are not sent yet"), "leave")
        wait_over(session)


def test_it_is_sent_meanwhile(place):
    """the letters leave while he is asked: the question goes, and the session ends"""
    with place.log_in() as session:
        wait_icon(session, "2 letters wait to be sent")
        session.log_out()
        place.question("2 letters are not sent yet")
        place.world.provider.start()
        for waiting in place.daemon.letterlock("queue", "--json"):
            place.daemon.letterlock("retry", waiting["id"])
        wait_over(session)
        place.notifications.wait_gone("not sent yet")


def test_a_session_that_breaks(place):
    """its manager is killed: the icon goes, and does not stand in the way of the next one"""
    with place.log_in() as session:
        wait_icon(session, "Nothing waits")
        session.program.child.kill()
        wait_over(session)


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
