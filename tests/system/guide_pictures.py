#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of the guide and of stores, 16 to 9 as those want them. tests/pictures keeps them in
docs/pictures."""

import contextlib
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import pictures
import tap
from desktop import Desktop
from gnupg import GnuPG

SIZE = (1024, 576)


class Place(pictures.Place):
    @contextlib.contextmanager
    def window(self):
        with self.desktop.window(self.daemon) as window:
            window.wait_text(" wait")  # it knows how things are
            window.resize(*SIZE)
            yield window

    def look(self, window, name):
        path = os.path.join(self.pictures, name + ".png")
        window.picture_of_window(path)
        left, top = window.shadow()
        _, _, width, height = window.reader.place(window.reader.front())
        cut = f"{width}x{height}+{left}+{top}"
        subprocess.run(["convert", path, "-crop", cut, "+repage", "-strip", path], check=True)
        return width, height

    def look_wide(self, window, name):
        tap.equal(self.look(window, name), SIZE, f"size of {name}")


def test_the_letters(place):
    with place.window() as window:
        window.wait_text("gil@badane.lab")
        place.look_wide(window, "letters")
        window.act("letter", place.held())
        window.wait_text("carl@sts.lab")
        place.look_wide(window, "letter")
        window.page(2)
        window.wait_text("badane.lab: mail server's certificate is not the one it publishes")
        place.look_wide(window, "held")


def test_a_check(place):
    with place.window() as window:
        window.page(3)
        window.write("Domain or address", "badane.lab")
        window.press("Check")
        window.wait_text("Published protection fails: attack or mistake")
        window.click("mx.badane.lab")
        window.wait_text("DANE: the certificate is not the one that is published")
        place.look_wide(window, "check")


def test_a_key(place):
    path = os.path.join(place.world.folder, "eve.asc")
    with GnuPG() as eve, open(path, "wb") as file:
        file.write(eve.export(eve.generate("eve@plain.lab")))
    place.daemon.letterlock("key", "import", path)
    with place.window() as window:
        window.page(4)
        window.write("Whose keys", "eve@plain.lab")
        window.press("Look")
        window.wait_text("You are asked before its first use")
        place.look_wide(window, "people")


def test_rules(place):
    with place.window() as window:
        window.page(5)
        window.write("To whom", "eve@plain.lab")
        window.press("Preview")
        window.wait_text("It would be held for your decision")
        place.look_wide(window, "rules")


def test_the_overview(place):
    with place.window() as window:
        window.page(7)
        window.wait_text("You had to decide")
        place.look_wide(window, "overview")


def test_the_first_run(place):
    for letter in place.daemon.letters():
        if letter["state"] == "held":
            place.daemon.letterlock("drop", letter["id"])
    place.daemon.letterlock("account", "remove", "anna")
    with place.desktop.window(place.daemon) as window:
        window.wait_text("Your letters, locked before they leave")
        place.look(window, "setup")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
