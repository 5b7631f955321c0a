#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who has just installed it and only clicks: from a fresh home to an account that was
tried, a letter sent, and one that is held and released from its notification."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import autoconfig
import clients
import tap
from daemon import binary
from desktop import Desktop
from process import Program, wait_until
from provider import ADDRESS, NAME, PASSWORD, USER
from smtp_faults import FaultServer
from world import World


class Place:
    def __init__(self, folder, stack):
        self.world = World(folder)
        self.world.zones.zone("silent.lab", "@ TXT nothing\n")
        self.world.zones.zone("unsigned.lab", f"_submissions._tcp SRV 0 1 465 {NAME}.\n", signed=False)
        autoconfig.publish(self.world, "provider.lab", NAME,
                           records=f"@ MX 10 mx\nmx A {ADDRESS}\nmail A {ADDRESS}\n")  # fmt: skip
        stack.enter_context(self.world)
        self.daemon = stack.enter_context(self.world.daemon())
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        import panel

        self.notifications = panel.Notifications(self.desktop)
        self.tray = Program(
            "letterlock-tray", [binary("letterlock-tray")], os.path.join(folder, "tray.log"),
            env={**self.daemon.environment, **self.desktop.environment},
        )  # fmt: skip
        stack.callback(self.tray.stop)
        self.window = stack.enter_context(self.desktop.window(self.daemon))
        self.pictures = os.environ.get("LETTERLOCK_PICTURES", folder)

    def picture(self, name):
        self.window.picture(os.path.join(self.pictures, name))

    def send(self, recipient, subject="hello"):
        """As the mail program does, with what the window told."""
        letter = f"From: {USER}\r\nTo: {recipient}\r\nSubject: {subject}\r\n\r\nHello.\r\n"
        accepted, said = clients.swaks(self.login, USER, [recipient], letter.encode(), tls="implicit")
        tap.true(accepted, said)


def test_without_an_account_it_begins_by_itself(place):
    place.window.wait_text("Your letters, locked before they leave")
    place.picture("setup-start.png")
    place.window.press("I use another program")
    place.window.wait_text("Most providers publish which server takes the letters of their users.")
    tap.equal(place.window.unnamed(), [], "controls without a name")


def test_where_nothing_is_published_it_is_typed_in(place):
    place.window.write("Your mail address", "anna@silent.lab")
    place.picture("setup-address.png")
    place.window.press("Next")
    place.window.wait_text("silent.lab publishes no settings for mail programs")
    tap.equal(place.window.unnamed(), [], "controls without a name")


def test_a_provider_that_is_out_of_order_is_not_said_to_refuse(place):
    certificate = place.world.ca.issue(NAME)
    with FaultServer(certificate, address=ADDRESS, faults={"auth": "wait;454 4.7.0 later"}) as server:
        place.window.write("Outgoing server", f"{NAME}:{server.port}")
        place.window.write("User name there, if it is not the address", USER)
        place.window.write("Password at your provider", PASSWORD)
        place.window.press("Next")
        wait_until(lambda: any(x.startswith("AUTH") for x in server.commands), "it signs in")
        tap.true(not place.window.reader.is_sensitive("Back"), "while it is tried one can go back")
        server.go_on.set()
        place.window.wait_text("Signing in at your provider did not work")
        tap.true(place.window.reader.is_sensitive("Back"), "one cannot go back")


def test_a_wrong_password_adds_nothing_and_says_so(place):
    place.window.write("Outgoing server", NAME)
    place.window.write("User name there, if it is not the address", USER)
    place.window.write("Password at your provider", "wrong")
    place.picture("setup-by-hand.png")
    place.window.press("Next")
    place.window.wait_text("Your provider did not accept the user name or the password")
    wait_until(lambda: not place.daemon.letterlock("account", "list", "--json"), "no account is left")
    place.window.wait(lambda: place.window.reader.is_sensitive("Next"), "it can be tried again")
    place.picture("setup-wrong.png")


def test_what_is_not_proven_is_nobodys_choice_but_his(place):
    place.window.press("Back")
    place.window.write("Your mail address", "anna@unsigned.lab")
    place.window.press("Next")
    place.window.wait_text("the DNS of unsigned.lab says so, but nothing proves that it is right")
    place.picture("setup-unproven.png")
    place.window.press("Next")
    place.window.wait_text("Choose your provider's server first")


def test_what_is_published_is_shown_and_confirmed(place):
    place.window.press("Back")
    place.window.write("Your mail address", USER)
    place.window.press("Next")
    place.window.wait_text(f"{NAME}:587")
    place.window.wait_text("autoconfig.provider.lab says so")
    tap.true("Outgoing server" not in place.window.texts(), "it asks for a server all the same")
    tap.equal(place.window.unnamed(), [], "controls without a name")
    place.picture("setup-found.png")


def test_the_right_password_is_tried_and_a_lock_too(place):
    place.window.write("Password at your provider", PASSWORD)
    place.window.press("Next")
    place.window.wait_text("Signing in at your provider works")
    place.window.wait_text("Nothing to lock letters with was found yet")
    place.picture("setup-open-way.png")
    place.window.press("Next")


def test_the_mail_program_gets_its_four_values(place):
    place.window.wait_text("Put these in place of your provider's outgoing server")
    place.picture("setup-program.png")
    texts = place.window.texts()
    names = ("Server", "Port, with SSL/TLS", "User name", "Password")
    server, port, username, password = (texts[texts.index(name) + 2] for name in names)
    ca = os.path.join(place.daemon.state, "certificates", "ca.pem")
    place.login = clients.Login(username, password, ca, smtps=int(port), host=server)
    place.window.press("Next")
    place.window.wait_text("Letters always leave (Everyday). Those whose way was open are marked.")
    for said in ("Your telephone and other devices", "Mail in the browser", "Your folders Sent and Drafts"):
        place.window.wait_text(said)
    place.picture("setup-end.png")
    place.window.press("Done")
    (account,) = place.daemon.letterlock("account", "list", "--json")
    tap.equal(account["preset"], "everyday", "preset")


def test_a_letter_is_sent_and_seen(place):
    place.window.wait_text("No letters yet")
    place.send("bob@dane.lab")
    place.world.provider.wait_letters("bob@dane.lab")
    place.window.wait_text("taken by your provider · over TLS")


def test_one_is_held_and_released_from_its_notification(place):
    place.send("dora@dane.lab", "[hold] wait a moment")
    place.window.wait_text("held for your decision")
    number, summary, _, actions = place.notifications.wait_about("dora@dane.lab")
    tap.equal(summary, "A letter waits for your decision", "summary")
    tap.true("anyway" in actions, str(actions))
    place.notifications.answer(number, "anyway")
    place.world.provider.wait_letters("dora@dane.lab")
    place.notifications.wait_gone("dora@dane.lab")
    place.window.wait_text("Nothing waits")
    place.picture("newcomer.png")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
