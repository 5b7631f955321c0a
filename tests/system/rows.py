#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ledger of many letters in the window: leafed through to its end; what comes stands above them, and a
search looks at all."""

import contextlib
import os
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import clients
import many
import tap
from desktop import Desktop
from world import World

SENDER = "anna@provider.lab"
ROWS = 1000
LEAF = 100


def send(place, recipient):
    letter = f"From: {SENDER}\r\nTo: {recipient}\r\nSubject: a letter\r\n\r\nHello.\r\n"
    clients.swaks(place.login, SENDER, [recipient], letter.encode())


def test_leafed_to_its_end_and_back(place):
    """Leaf by leaf to the oldest letter and back; no row stays empty"""
    with place.desktop.window(place.daemon) as window:
        window.wait_text(f"1–{LEAF} of {ROWS + 1}")
        for first in range(LEAF, ROWS + 1, LEAF):
            window.press("Older")
            window.wait_text(f"{first + 1}–{min(first + LEAF, ROWS + 1)} of {ROWS + 1}")
            window.wait_text(many.address(first - 1, "dane.lab"))
            window.wait(lambda: "…" not in window.texts(), "no row stays empty")
        tap.true(not window.reader.is_sensitive("Older"), "there is nothing older")
        window.click(many.address(ROWS - 1, "dane.lab"))
        window.wait_text("Recipients")
        window.key("alt+Left")
        send(place, "early@dane.lab")
        window.wait_text(f"of {ROWS + 2}")
        for _ in range(LEAF, ROWS + 1, LEAF):
            window.press("Newer")
        window.wait_text("early@dane.lab")
        tap.true(not window.reader.is_sensitive("Newer"), "there is nothing newer")


def test_a_letter_that_comes_stands_above_them(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_text("bob@dane.lab")
        send(place, "late@dane.lab")
        window.wait_text("late@dane.lab")


def test_a_search_looks_at_the_whole_ledger(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_text("bob@dane.lab")
        window.write("Search addresses", many.address(ROWS - 3, "dane.lab"))
        window.wait_text(many.address(ROWS - 3, "dane.lab"))
        window.wait(lambda: "bob@dane.lab" not in window.texts(), "the others are not shown")
        window.wait(lambda: not window.reader.says(" of "), "there is one leaf")


@contextlib.contextmanager
def standing(program):
    """It answers nobody, as one that has very much to do."""
    os.kill(program.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(program.pid, signal.SIGCONT)


def test_looking_waits_for_nobody(place):
    """While the daemon does not answer, the list scrolls and leafs; its rows come when it does"""
    with place.desktop.window(place.daemon) as window:
        window.wait_text(many.address(0, "dane.lab"))
        top = lambda: window.reader.place(window.reader.find(many.address(0, "dane.lab")))[1]
        with standing(place.daemon.program):
            before = top()
            left, above = window.corner()
            window.xdotool("mousemove", left + 600, above + 400, "click", "--repeat", 3, 5)
            window.wait(lambda: top() < before, "it scrolls")
            for first in (LEAF, 2 * LEAF):
                window.press("Older")
                window.wait_text(f"{first + 1}–{first + LEAF} of")
            window.wait_text("…")
        window.wait_text(many.address(2 * LEAF, "dane.lab"))
        window.wait(lambda: "…" not in window.texts(), "no row stays empty")


class Place:
    def __init__(self, world, daemon, desktop):
        self.daemon, self.desktop = daemon, desktop
        self.login = world.account(daemon)
        send(self, "bob@dane.lab")
        daemon.wait_state("sent")
        daemon.stop()
        many.fill(daemon, ROWS)
        daemon.start()


@contextlib.contextmanager
def world(folder):
    with World(folder) as practice, practice.daemon() as daemon:
        with Desktop(os.path.join(folder, "desktop")) as desktop:
            yield Place(practice, daemon, desktop)


if __name__ == "__main__":
    tap.main(world)
