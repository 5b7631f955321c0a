#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page of the window, light, dark and narrow: each control has a name, no text reaches out of
the window, and each can be read on its ground. With LETTERLOCK_PICTURES=DIR the pictures stay there."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import clients
import looks
import tap
from desktop import Desktop
from world import World

PAGES = ("letters", "held", "check", "people", "rules", "accounts", "overview")
SENDER = "anna@provider.lab"
LONG = "What the blood count of October showed, and what we should talk about before you travel"
MIXED = "סיכום 2026: minutes (draft)"  # Hebrew first
MARKUP = "Tom & Jerry: <b>3 < 4</b>"


class Place:
    def __init__(self, folder, stack, prepare=lambda world: None, subjects=False):
        """@prepare: what else there shall be before it begins. @subjects: some letters have theirs."""
        self.world = World(folder)
        prepare(self.world)
        stack.enter_context(self.world)
        self.daemon = stack.enter_context(self.world.daemon())
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        self.pictures = os.environ.get("LETTERLOCK_PICTURES", folder)
        self.login = self.world.account(self.daemon)
        self.send("bob@dane.lab")
        self.daemon.letterlock("config", "set", "record.subjects", "true" if subjects else "false")
        self.send("eve@plain.lab", "carl@sts.lab", subject=LONG)
        self.send("gil@badane.lab", subject=MIXED)
        self.send("una@valid.lab", subject=MARKUP)
        self.daemon.wait_state("held", 2)
        self.daemon.wait_state("sent", 2)
        self.daemon.letterlock("rule", "add", "--to", "bank.lab", "--mode", "exclusive", "--note", "TLS or never")

    def send(self, *recipients, subject="a letter"):
        letter = f"From: {SENDER}\r\nTo: {', '.join(recipients)}\r\nSubject: {subject}\r\n\r\nHello.\r\n"
        clients.swaks(self.login, SENDER, list(recipients), letter.encode())

    def held(self):
        """The letter that is held for one of two."""
        return next(x["id"] for x in self.daemon.letters() if len(x["recipients"]) == 2)

    def look_at_all(self, style, width=None, **environment):
        with self.desktop.window(self.daemon, **environment) as window:
            problems = self.look_at_pages(window, style, width)
            problems += self.look_at_set_up(window, style, width)
        tap.equal(problems, [], "what is wrong")

    def look_at_pages(self, window, style, width=None):
        """Found by what they are and by addresses, in any language."""
        problems = []
        window.wait(lambda: window.reader.find("gil@badane.lab"), "letters are there")
        if width:
            window.resize(width, 680)
        for number, page in enumerate(PAGES, 1):
            window.page(number)
            widget = f"Ll{page.capitalize()}Page"  # what has no name of its own has its class's
            window.wait(lambda: window.reader.find(widget), f"{page} is shown")
            problems += self.look(window, f"{page}-{style}")
        window.act("letter", self.held())
        window.wait(lambda: window.reader.find("carl@sts.lab"), "the letter is shown")
        problems += self.look(window, f"letter-{style}")
        return problems

    def look_at_set_up(self, window, style, width):
        """Its first pages, in English; the others need somebody who sets up."""
        window.page(6)
        window.press("Add …")
        window.wait_text("Your letters, locked before they leave")
        if width:
            window.resize(width, 660)
        problems = self.look(window, f"setup-{style}")
        window.press("I use another program")
        window.wait_text("Most providers publish which server takes the letters")
        return problems + self.look(window, f"setup-address-{style}")

    def look(self, window, name):
        path = os.path.join(self.pictures, name + ".png")
        window.picture_of_window(path)
        found = [f"{name}: {role} without a name" for role in window.unnamed()]
        return found + [f"{name}: {problem}" for problem in looks.problems(window, path)]


def test_light(place):
    place.look_at_all("light")


def test_dark(place):
    place.look_at_all("dark", ADW_DEBUG_COLOR_SCHEME="prefer-dark")


def test_narrow(place):
    place.look_at_all("narrow", 360)


@contextlib.contextmanager
def world(folder, *prepare):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack, *prepare, subjects=True)


if __name__ == "__main__":
    tap.main(world)
