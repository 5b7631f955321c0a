#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first run with the keyboard alone: from the window that comes by itself to an account that was
tried. Real keys, no mouse, and no action of the accessibility bus."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import tap
from newcomer import world
from provider import NAME, PASSWORD, USER


def press(place, name, picture):
    place.window.tab_to(name)
    place.picture(f"setup-keyboard-{picture}.png")
    place.window.key("Return")


def test_the_address_is_typed_and_its_provider_found(place):
    place.window.wait_text("Your letters, locked before they leave")
    press(place, "I use another program", "start")
    place.window.wait_text("Most providers publish which server takes the letters of their users.")
    place.window.xdotool("type", USER)  # the field has the keyboard
    press(place, "Next", "address")
    place.window.wait_text(f"{NAME}:587")


def test_the_password_is_typed_and_tried(place):
    place.window.xdotool("type", PASSWORD)  # the field has the keyboard
    press(place, "Next", "password")
    place.window.wait_text("Signing in at your provider works")


def test_the_rest_is_read_and_left(place):
    press(place, "Next", "open-way")
    place.window.wait_text("Put these in place of your provider's outgoing server")
    press(place, "Next", "program")
    place.window.wait_text("What Letterlock does not cover")
    press(place, "Done", "end")
    place.window.wait_text("No letters yet")
    (account,) = place.daemon.letterlock("account", "list", "--json")
    tap.equal(account["preset"], "everyday", "preset")


if __name__ == "__main__":
    tap.main(world)
