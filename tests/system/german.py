#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A German window is German to the last reason: of letters sent, locked, held, refused, waiting and
dropped it says nothing in English but what others said."""

import contextlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import clients
import namespace
import tap
from daemon import binary
from desktop import Desktop
from gnupg import GnuPG
from world import World

SENDER = "anna@provider.lab"
# Words that no German sentence has.
ENGLISH = re.compile(r"\b(the|is|not|your|you|of|held|seen|tried|and|since|sent|by|to|with|for|are|be|no)\b", re.I)
# What a person, a server or OpenSSL wrote, or what to type: quoted as it is.
QUOTED = re.compile(r"letterlock [a-z]+( [a-z]+)*|she moved away|\d{3}[ -].*|no matching DANE TLSA records")


def english(texts):
    return sorted({text for text in texts if ENGLISH.search(QUOTED.sub("", text))})


def test_every_letter(place):
    """The reason and the timeline of each letter, and all there is to know of its recipients"""
    with place.window() as window:
        window.wait_text("plain.lab: der Mailserver bietet kein TLS an; angehalten")
        window.picture(place.file("german-letters.png"))
        for letter in place.daemon.letters():
            window.act("letter", letter["id"])
            window.wait(lambda: any(letter["id"] in text for text in window.texts()), "it is shown")
            tap.equal(english(window.texts()), [], f"English of a letter to {letter['recipients']}")
        window.picture(place.file("german-letter.png"))


def test_every_page(place):
    with place.window() as window:
        window.wait_text("von Ihrem Anbieter angenommen · über TLS")
        for number, page in enumerate(PAGES, 1):
            window.page(number)
            window.wait(lambda: window.reader.find(f"Ll{page}Page"), f"{page} is shown")
            tap.equal(english(window.texts()), [], f"English on the page {page}")


def test_a_check(place):
    with place.window() as window:
        window.wait_text("von Ihrem Anbieter angenommen · über TLS")
        window.page(3)
        window.write("Domain oder Adresse", "badane.lab")
        window.press("Prüfen")
        window.wait_text("veröffentlicht Regeln für seine Mail, die gerade nicht erfüllt sind")
        window.click("mx.badane.lab")
        window.wait_text("sein Zertifikat passt nicht zu den veröffentlichten TLSA-Einträgen")
        tap.equal(english(window.texts()), [], "English of a check")


def test_a_key_and_an_account(place):
    with place.window() as window:
        window.wait_text("von Ihrem Anbieter angenommen · über TLS")
        window.page(4)
        window.write("Wessen Schlüssel", "eve@plain.lab")
        window.press("Ansehen")
        window.wait_text("Verschließt Briefe von selbst")
        tap.equal(english(window.texts()), [], "English of a key")
        window.page(6)
        window.wait_text(SENDER)
        window.click(SENDER)
        window.press("Testen")
        window.wait_text("keine Verbindung zu 127.0.0")
        tap.equal(english(window.texts()), [], "English of an account's test")


def test_an_error(place):
    """What the daemon does not do, it says in German, too"""
    with place.window() as window:
        window.wait_text("von Ihrem Anbieter angenommen · über TLS")
        window.act("letter", "0123456789ab")
        window.wait_text("Kein Brief hat die Nummer 0123456789ab")


PAGES = ("Letters", "Held", "Check", "People", "Rules", "Accounts", "Overview")


class Place:
    def __init__(self, world, daemon, desktop):
        self.world, self.daemon, self.desktop = world, daemon, desktop
        self.pictures = os.environ.get("LETTERLOCK_PICTURES", world.folder)
        self.login = world.account(daemon)
        self.speak_german()
        self.send("bob@dane.lab")
        self.send("carl@sts.lab", "fay@plain.lab")
        self.send("gil@badane.lab")
        self.send("moved@plain.lab")
        daemon.wait_state("held", 3)
        moved = next(x["id"] for x in daemon.letters() if x["recipients"][0]["address"] == "moved@plain.lab")
        daemon.letterlock("drop", moved, "--reason", "she moved away")
        self.accept_key("eve@plain.lab")
        self.send("eve@plain.lab")
        daemon.letterlock("rule", "add", "--to", "null.lab", "--mode", "exclusive")
        self.send("nobody@null.lab")
        self.send("una@valid.lab", "nobody@null.lab")
        daemon.wait_state("sent", 2)
        world.provider.stop()
        self.send("late@dane.lab")
        daemon.wait_letters(lambda letters: any(x["state"] in ("queued", "waiting") for x in letters), "one waits")

    def send(self, *recipients):
        letter = f"From: {SENDER}\r\nTo: {', '.join(recipients)}\r\nSubject: a letter\r\n\r\nHello.\r\n"
        clients.swaks(self.login, SENDER, list(recipients), letter.encode())

    def accept_key(self, address):
        path = os.path.join(self.world.folder, "key.asc")
        with GnuPG() as owner, open(path, "wb") as file:
            file.write(owner.export(owner.generate(address)))
        self.daemon.letterlock("key", "import", path, "--accept")

    def speak_german(self):
        """Where this build looks for its translations."""
        share = os.path.join(self.world.folder, "share")
        os.mkdir(share)
        os.symlink(os.path.realpath(os.path.join(os.path.dirname(binary("letterlock-gui")), "..", "po")),
                   os.path.join(share, "locale"))  # fmt: skip
        namespace.bind(share, "/usr/local/share")

    def window(self):
        return self.desktop.window(self.daemon, LANGUAGE="de")

    def file(self, name):
        return os.path.join(self.pictures, name)


@contextlib.contextmanager
def world(folder):
    with World(folder) as practice, practice.daemon() as daemon:
        with Desktop(os.path.join(folder, "desktop")) as desktop:
            yield Place(practice, daemon, desktop)


if __name__ == "__main__":
    tap.main(world)
