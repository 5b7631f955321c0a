#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window with the keyboard alone: real keys, no mouse, and no action of the accessibility bus.
Pages, a letter, what waits to be decided and a rule; and out of a dialog by Escape."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import looks
import tap
from desktop import Desktop
from provider import USER
from world import World

RING_MIN = 3.0  # WCAG 2.1 AA, 1.4.11


class Place:
    def __init__(self, folder, stack):
        self.world = stack.enter_context(World(folder))
        self.daemon = stack.enter_context(self.world.daemon())
        self.world.account(self.daemon)
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        self.window = stack.enter_context(self.desktop.window(self.daemon))
        self.pictures = os.environ.get("LETTERLOCK_PICTURES", folder)

    def press(self, name):
        self.window.tab_to(name)
        self.window.key("Return")

    def answer(self, question, name):
        self.window.wait_text(question)
        self.press(f"{name} {name}")  # as GTK names it

    def has_keyboard(self, name):
        self.window.wait(lambda: name in self.window.reader.focused_names()[:1], f"{name!r} has the keyboard")

    def ring_contrast(self):
        """At the upper edge of what has the keyboard."""
        path = os.path.join(self.pictures, "keyboard-ring.png")
        self.window.picture_of_window(path)
        x, y, width, _ = self.window.reader.place(self.window.reader.focused())
        left, top = self.window.shadow()
        edge = (left + x + width // 3, top + y - 3, width // 3, 8)
        return looks.best_contrast(looks.Picture(path), edge) or 0

    def send(self, *recipients):
        letter = f"From: {USER}\r\nTo: {', '.join(recipients)}\r\nSubject: hello\r\n\r\nHello.\r\n"
        done = self.daemon.try_letterlock("sendmail", "-f", USER, *recipients, text=letter)
        tap.equal(done.returncode, 0, done.stderr)

    def picture(self, name):
        self.window.picture(os.path.join(self.pictures, name))


def test_what_has_the_keyboard_is_seen(place):
    place.window.wait_known()
    place.window.key("alt+3")
    place.window.tab_to("Check a domain", "shift+Tab")
    place.window.wait(lambda: place.ring_contrast() >= RING_MIN, "its ring has come up, and stands out")


def test_the_keys_are_told_by_a_key(place):
    place.window.wait_known()
    place.window.key("ctrl+question")
    place.window.wait_text("A page, by its place")
    place.window.key("Escape")
    place.window.wait(lambda: not place.window.reader.says("A page, by its place"), "it is closed")


def test_the_first_run_is_reached_and_left_by_escape(place):
    place.window.wait_known()
    place.window.key("alt+6")
    place.press("Add …")
    place.window.wait_text("Your letters, locked before they leave")
    place.window.tab_to("I use another program")
    place.picture("keyboard-focus.png")
    place.window.key("Escape")
    place.window.wait(lambda: "I use another program" not in place.window.texts(), "it is closed")


def test_the_list_of_pages_is_one_stop(place):
    place.window.key("alt+6")
    place.window.tab_to("Accounts", "shift+Tab")
    place.window.key("Up")
    place.has_keyboard("Rules")
    place.window.wait_text("There is no rule: your preset decides for everybody.")
    place.picture("keyboard-pages.png")
    place.window.key("Tab")
    place.window.wait(lambda: "Pages" not in place.window.reader.focused_names(), "one leaves it")
    place.window.wait_text("There is no rule: your preset decides for everybody.")
    place.window.tab_to("Rules", "shift+Tab")


def test_a_letter_is_opened_from_the_list_and_left(place):
    place.send("bob@dane.lab")
    place.daemon.wait_state("sent")
    place.window.key("alt+1")
    row = "bob@dane.lab: taken by your provider · over TLS"
    place.window.wait(lambda: place.window.reader.find(row), "it is in the list")
    place.window.tab_to(row)
    place.window.key("Return")
    place.window.wait_text("What happened")
    place.picture("keyboard-letter.png")


def test_a_letter_that_comes_has_the_keyboard_and_is_given_up(place):
    place.window.key("alt+2")
    place.has_keyboard("Nothing waits for you")
    place.send("eve@plain.lab")
    place.has_keyboard("eve@plain.lab")
    place.window.key("Return")  # opens its row
    place.press("Don't send")
    place.picture("keyboard-question.png")
    place.answer("The letter is given up.", "Don't send")
    place.daemon.wait_state("dropped")
    place.has_keyboard("Nothing waits for you")


def test_who_is_elsewhere_is_left_there(place):
    place.window.key("alt+2")
    place.window.tab_to("For you to decide", "shift+Tab")
    place.send("fay@plain.lab")
    place.window.wait_text("fay@plain.lab")
    tap.equal(place.window.reader.focused_names()[0], "For you to decide", "what has the keyboard")


def test_a_letter_is_sent_anyway_and_the_next_one_has_the_keyboard(place):
    place.send("gus@badane.lab")
    place.daemon.wait_state("held", 2)
    place.window.wait_text("gus@badane.lab")
    place.window.key("alt+2")
    place.window.tab_to("fay@plain.lab")
    place.window.key("Return")
    place.press("Send anyway")
    place.answer("On its way this letter may be read by others", "Send anyway")
    place.world.provider.wait_letters("fay@plain.lab")
    place.has_keyboard("gus@badane.lab")
    place.picture("keyboard-held.png")


def test_a_rule_is_added(place):
    place.window.key("alt+5")
    place.press("Add …")
    place.window.wait_text("What is done")
    place.window.key("Escape")
    place.window.wait(lambda: "What is done" not in place.window.texts(), "the dialog is gone")
    place.press("Add …")
    place.window.wait_text("What is done")
    place.window.xdotool("type", "valid.lab")  # the first field has the keyboard
    place.press("Add rule")
    place.window.wait_text("How: Lock it where the way is open")
    (rule,) = place.daemon.letterlock("rule", "list", "--json")
    tap.equal((rule["to"], rule["mode"]), (["valid.lab"], "forced"), "rule")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
