#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ledger of many letters in the window: what comes stands above them, a search looks at all."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import clients
import many
import tap
from desktop import Desktop
from world import World

SENDER = "anna@provider.lab"
ROWS = 1500


def send(place, recipient):
    letter = f"From: {SENDER}\r\nTo: {recipient}\r\nSubject: a letter\r\n\r\nHello.\r\n"
    clients.swaks(place.login, SENDER, [recipient], letter.encode())


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
