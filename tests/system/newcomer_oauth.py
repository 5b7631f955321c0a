#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody whose provider takes no passwords and who only clicks: his address tells the window where
to sign in, his browser comes up, and what goes wrong there is said. The browser is curl: it agrees at
once, and is led back to where it came from."""

import contextlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import autoconfig
import tap
from browser import AT_ONCE, NEVER, Browser
from desktop import Desktop
from process import wait_until
from provider import Provider
from token_server import CLIENT, TokenServer
from world import World

USER = "anna@cloud.lab"
MAIL = ("mail.cloud.lab", "127.0.0.91")
LOGIN = ("login.cloud.lab", "127.0.0.92")
PERMISSION = f"""<oAuth2><issuer>cloud.lab</issuer><scope>smtp offline_access</scope>
<authURL>https://{LOGIN[0]}/authorize</authURL><tokenURL>https://{LOGIN[0]}/token</tokenURL></oAuth2>"""


class Place:
    def __init__(self, folder, stack):
        self.folder = folder
        self.world = World(folder)
        self.server = TokenServer(self.world.ca.issue(LOGIN[0]), *LOGIN, user=USER)
        autoconfig.publish(self.world, "cloud.lab", MAIL[0], how="OAuth2", more=PERMISSION,
                           records=f"@ MX 10 mail\nmail A {MAIL[1]}\nlogin A {LOGIN[1]}\n")  # fmt: skip
        self.world.zones.zone("office.lab", "@ MX 1 aspmx.l.google.com.\n")
        stack.enter_context(self.world)
        stack.enter_context(self.server)
        stack.enter_context(
            Provider(os.path.join(folder, "cloud"), self.world.ca.issue(MAIL[0]), address=MAIL[1],
                     name=MAIL[0], users={USER: "no password"}, introspection=self.server.introspection)
        )  # fmt: skip
        self.daemon = stack.enter_context(self.world.daemon())
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        self.browser = Browser(self.daemon, folder, self.world.ca.file)
        self.window = stack.enter_context(self.begin())
        self.pictures = os.environ.get("LETTERLOCK_PICTURES", folder)

    def begin(self):
        """The window to come."""
        return self.desktop.window(self.daemon)

    def accounts(self):
        return self.daemon.letterlock("account", "list", "--json")

    def picture(self, name):
        self.window.picture(os.path.join(self.pictures, name))


def test_a_domain_whose_mail_is_kept_by_google(place):
    place.window.wait_text("Your letters, locked before they leave")
    place.window.press("I use another program")
    place.window.write("Your mail address", "anna@office.lab")
    place.window.press("Next")
    place.window.wait_text("its letters are received at Google (Gmail, Workspace). That is who receives them")
    place.window.wait_text("smtp.gmail.com:465")
    place.window.wait_text("Letterlock’s own list of providers")
    texts = place.window.texts()
    tap.true("Password at your provider" not in texts, "it was chosen before somebody chose it")
    tap.equal(place.window.unnamed(), [], "controls without a name")
    place.picture("provider-by-mx.png")
    place.window.press("Back")


def test_the_address_tells_how_to_sign_in(place):
    place.window.write("Your mail address", USER)
    place.window.press("Next")
    place.window.wait_text(f"{MAIL[0]}:587")
    place.window.wait_text("For that it needs a client id")
    texts = place.window.texts()
    tap.true("Password at your provider" not in texts, "it asks for a password all the same")
    tap.true("Address for tokens" not in texts, "it asks for what the domain says")
    tap.equal(place.window.unnamed(), [], "controls without a name")
    place.picture("oauth-provider.png")


def test_without_a_client_id_it_says_so(place):
    place.window.press("Next")
    place.window.wait_text("Without a client id your provider lets nobody sign in this way")
    tap.equal(place.accounts(), [], "accounts")


def test_it_waits_for_the_browser_and_can_be_ended(place):
    place.window.write("Client id", CLIENT)
    place.window.press("Next")
    place.window.wait_text("Sign in in your browser")
    wait_until(place.browser.opened, "the browser is opened")
    tap.equal(place.window.unnamed(), [], "controls without a name")
    place.picture("oauth-waiting.png")
    place.window.press("Cancel")
    place.window.wait_text("Permission to send")
    wait_until(lambda: not place.accounts(), "no account is left")


def test_who_does_not_agree_is_told_so(place):
    place.server.agrees = False
    place.browser.does(AT_ONCE)
    place.window.press("Next")
    place.window.wait_text("did not agree")
    tap.equal(place.accounts(), [], "accounts")
    place.picture("oauth-refused.png")
    place.server.agrees = True


def test_a_client_id_that_is_not_known_is_told_so(place):
    place.window.write("Client id", "mistyped")
    place.window.press("Next")
    place.window.wait_text("(invalid_request)")
    tap.equal(place.accounts(), [], "accounts")


def test_a_code_for_another_device(place):
    place.browser.does(NEVER)
    place.window.write("Client id", CLIENT)
    place.window.write("Address for codes, for another device", f"https://{LOGIN[0]}/device")
    place.window.resize(620, 850)  # what is clicked has to be in sight
    place.window.click("On another device")
    place.window.press("Next")
    place.window.wait_text("WDJB-MJHT")
    place.window.wait_text(f"https://{LOGIN[0]}/type")
    place.picture("oauth-code.png")
    place.server.device_agreed.set()
    place.window.wait_text("Signing in at your provider works")
    (account,) = place.accounts()
    tap.equal(account["sign_in"], "signed-in", "sign_in")
    place.picture("oauth-works.png")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
