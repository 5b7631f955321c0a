#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who only clicks, and whose Thunderbird signs in with OAuth2: the window asks for the client
id of his organisation, he signs in on his provider's page, and Thunderbird sends through Letterlock."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import looks
import newcomer_oauth
import tap
from browser import AT_ONCE, NEVER
from daemon import binary
from newcomer_oauth import MAIL, USER
from process import wait_until
from thunderbird import Thunderbird
from thunderbird_practice import at_home, contents, edit
from token_server import CLIENT

WHY_NOT = ("Careful: cannot be chosen yet. There is nothing to lock letters with, so that each one whose "
           "way is open would wait for you.")  # fmt: skip


class Login:
    username, password = USER, "what Thunderbird would never use"


class Place(newcomer_oauth.Place):
    def begin(self):
        if not Thunderbird.is_there():
            raise tap.Skip("there is no Thunderbird")
        first = Thunderbird(os.path.join(self.folder, "first"))
        first.trust(self.world.ca.file)
        with first as program:
            program.add_account(Login, USER, host=MAIL[0], port=465)
            program.quit()
        self.profile = at_home(first, self.daemon.environment["HOME"])
        edit(self.profile, "prefs.js", 'smtp1.authMethod", 3', 'smtp1.authMethod", 10')
        self.before = contents(self.profile)
        self.server.secret = "of the client"
        return self.desktop.window(self.daemon, PATH=f"{os.path.dirname(binary('letterlock'))}:/usr/bin:/bin")

    def look(self, name):
        path = os.path.join(self.pictures, name)
        self.window.picture_of_window(path)
        tap.equal(list(looks.problems(self.window, path)), [], f"what is wrong in {name}")
        tap.equal(self.window.unnamed(), [], "controls without a name")


def test_the_client_id_is_asked_for(place):
    place.window.wait_text("Your letters, locked before they leave")
    place.window.press("I write with Thunderbird")
    place.window.wait_text("For that it needs a client id")
    place.window.wait_text("Without a client id your provider lets nobody sign in this way")
    place.look("permission-asked.png")
    place.window.press("Next")
    place.window.wait_text("Without a client id your provider lets nobody sign in this way")


def test_with_it_the_plan_is_shown_before_anything_begins(place):
    place.window.write("Client id", CLIENT)
    place.window.write("Secret of the client id, if it has one", "of the client")
    place.window.press("Next")
    place.window.wait_text("with OAuth2: you sign in on the provider's page before anything is changed")
    place.look("permission-planned.png")
    tap.equal(place.accounts(), [], "accounts")
    tap.true(not place.browser.opened(), "the browser was opened")


def test_it_waits_for_the_browser_and_can_be_ended(place):
    place.window.press("Next")
    place.window.wait_text("Sign in in your browser")
    wait_until(place.browser.opened, "the browser is opened")
    place.look("permission-waiting.png")
    place.window.press("Cancel")
    place.window.wait_text("Permission to send")
    wait_until(lambda: not place.accounts(), "no account is left")
    tap.equal(contents(place.profile), place.before, "the profile")


def test_who_does_not_agree_is_told_so(place):
    place.browser.does(AT_ONCE)
    place.server.agrees = False
    place.window.press("Next")
    place.window.wait_text("did not agree")
    tap.equal(place.accounts(), [], "accounts")
    tap.equal(contents(place.profile), place.before, "the profile")
    place.server.agrees = True


def test_who_signs_in_sends_through_letterlock(place):
    place.browser.does(AT_ONCE)
    place.window.press("Next")
    place.window.wait_text("Signing in at your provider works")
    place.window.wait_text(WHY_NOT)
    tap.true(place.window.reader.is_sensitive(WHY_NOT), "why it cannot be chosen is greyed out")
    place.look("permission-open-way.png")
    place.window.press("Next")
    place.window.wait_text("Thunderbird sends through Letterlock from its next start on.")
    (account,) = place.accounts()
    found = (account["auth"], account["sign_in"], account["client_id"], account["preset"])
    tap.equal(found, ("oauth2", "signed-in", CLIENT, "everyday"), "account")
    place.window.press("Done")
    place.window.wait(lambda: not place.window.reader.find("Done"), "the set-up is closed")


def test_an_account_that_is_there_is_signed_in_to(place):
    place.daemon.letterlock("undo")
    tap.equal(contents(place.profile), place.before, "the profile")
    place.server.revoke()
    place.browser.does(NEVER)
    place.daemon.letterlock("account", "edit", place.accounts()[0]["account"], "--client-id", "other")
    place.daemon.letterlock("account", "edit", place.accounts()[0]["account"], "--client-id", CLIENT)
    place.window.page(6)
    place.window.wait_text(USER)
    place.window.press("Add …")
    place.window.press("I write with Thunderbird")
    place.window.wait_text("with OAuth2: you sign in on the provider's page before anything is changed")
    place.window.press("Next")
    place.window.wait_text("Sign in in your browser")
    place.window.press("Cancel")
    place.window.wait_text("This is what would change")
    tap.equal(len(place.accounts()), 1, "accounts")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
