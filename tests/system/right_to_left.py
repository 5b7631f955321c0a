#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window in a language that is written from right to left is mirrored, nothing in it is cut off, and
a sentence with an address in it is read in its order."""

import contextlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import gi

gi.require_version("Pango", "1.0")
gi.require_version("PangoCairo", "1.0")
from gi.repository import Pango, PangoCairo  # noqa: E402

import autoconfig  # noqa: E402
import hebrew  # noqa: E402
import looks  # noqa: E402
import namespace  # noqa: E402
import panel  # noqa: E402
import pictures  # noqa: E402
import tap  # noqa: E402
from daemon import binary  # noqa: E402
from process import Program  # noqa: E402
from provider import NAME, PASSWORD, USER  # noqa: E402

RTL = {"LANGUAGE": "he"}
PERMISSION = """<oAuth2><issuer>cloud.lab</issuer><scope>smtp offline_access</scope>
<authURL>https://login.cloud.lab/authorize</authURL>
<tokenURL>https://login.cloud.lab/token</tokenURL></oAuth2>"""
# As gui/chart.c has them: how high the highest bar is, and the colour of what went over TLS.
BAR = 140
OVER_TLS = bytes((0, 115, 179))


def left_of(window, name):
    window.wait(lambda: window.reader.find(name), f"{name!r} is seen")
    return window.reader.place(window.reader.find(name))[0]


def look_at_pages(place, style, width=None):
    with place.desktop.window(place.daemon, **RTL) as window:
        tap.equal(place.look_at_pages(window, style, width), [], "what is wrong")


def test_every_page(place):
    """Each page, and one letter: no text is cut off or reaches out of the window"""
    look_at_pages(place, "right-to-left")


def test_every_page_narrow(place):
    look_at_pages(place, "right-to-left-narrow", 360)


class Setup:
    """The set-up in a window of that language; its pages and words are named in German."""

    def __init__(self, place, window):
        self.place = place
        self.window = window
        self.problems = []

    def heard(self, german):
        self.window.wait_text(hebrew.letters(german))

    def press(self, *german):
        for name in german:
            self.window.press(hebrew.letters(name))

    def write(self, german, text):
        self.window.write(hebrew.letters(german), text)

    def look(self, name):
        self.problems += self.place.look(self.window, f"setup-{name}-right-to-left")


def without_animations(place):
    """A picture is not of two pages, of which one fades."""
    folder = os.path.join(place.daemon.environment["XDG_CONFIG_HOME"], "gtk-4.0")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "settings.ini"), "w", encoding="ascii") as file:
        file.write("[Settings]\ngtk-enable-animations=false\n")


@contextlib.contextmanager
def set_up(place):
    """From the accounts page; nothing that it shows may be cut off or reach out."""
    without_animations(place)
    with place.desktop.window(place.daemon, **RTL) as window:
        window.wait_text("bob@dane.lab")
        window.page(6)
        setup = Setup(place, window)
        setup.press("Hinzufügen …")
        setup.heard("Ihre Briefe, verschlossen, bevor sie hinausgehen")
        yield setup
        tap.equal(setup.problems, [], "what is wrong")


def test_the_set_up_that_is_typed_in(place):
    """Each page of it: what is not published, a wrong password, and then to the end"""
    with set_up(place) as setup:
        setup.look("start")
        setup.press("Ich benutze ein anderes Programm")
        setup.heard("Die meisten Anbieter geben bekannt")
        setup.write("Ihre Mailadresse", "carla@plain.lab")
        setup.look("address")
        setup.press("Weiter")
        setup.heard("veröffentlicht keine Einstellungen für Mailprogramme")
        setup.write("Postausgangs-Server", NAME)
        setup.write("Benutzername dort, wenn es nicht die Adresse ist", USER)
        setup.write("Passwort beim Anbieter", "wrong")
        setup.press("Weiter")
        setup.heard("Ihr Anbieter hat Benutzername oder Passwort nicht angenommen")
        setup.look("wrong")
        setup.write("Passwort beim Anbieter", PASSWORD)
        setup.press("Weiter")
        setup.heard("Die Anmeldung beim Anbieter geht")
        setup.press("Weiter")
        setup.heard("Setzen Sie das an die Stelle")
        setup.look("program")
        setup.press("Weiter")
        setup.heard("Mail im Browser")
        setup.look("end")
        setup.press("Fertig")


def test_the_set_up_that_is_found(place):
    """What is known of who receives the letters; and where a permission is given, in the browser"""
    with set_up(place) as setup:
        setup.press("Ich benutze ein anderes Programm")
        setup.write("Ihre Mailadresse", "carla@office.lab")
        setup.press("Weiter")
        setup.window.wait_text("smtp.gmail.com:465")
        setup.look("received")
        words = next(x for x in setup.window.texts() if "office.lab" in x and "Google" in x)
        after = hebrew.letters("selbst sagt nichts über Mailserver")
        tap.true(across(words, "office.lab") > across(words, after), f"the domain is read first: {words!r}")
        setup.press("Zurück")
        setup.write("Ihre Mailadresse", "carla@cloud.lab")
        setup.press("Weiter")
        setup.window.wait_text(f"{NAME}:587")
        setup.write("Client-ID", "x")
        setup.look("client-id")
        setup.press("Weiter")
        setup.heard("Melden Sie sich in Ihrem Browser an")
        setup.look("permission")
        setup.press("Abbrechen")


def test_it_is_mirrored(place):
    """The pages stand at the right, a row's button at the left of its text"""
    with place.desktop.window(place.daemon, **RTL) as window:
        pages = left_of(window, hebrew.letters("Domain prüfen"))
        tap.true(left_of(window, "bob@dane.lab") < pages, "the letters are left of the pages")
        window.page(6)
        tap.true(left_of(window, hebrew.letters("Testen")) < left_of(window, "anna@provider.lab"),
                 "a row's button is left of its text")  # fmt: skip


def test_the_latest_bar_stands_above_the_latest_day(place):
    with place.desktop.window(place.daemon, **RTL) as window:
        window.wait_text("bob@dane.lab")
        window.page(7)
        path = os.path.join(place.pictures, "chart-right-to-left.png")
        days = window.wait(lambda: dates(window), "it has dates")
        window.picture_of_window(path)
        left, top = window.shadow()
        earliest, latest = (window.reader.place(window.reader.find(day)) for day in days)
        tap.true(latest[0] < earliest[0], "time goes to the left")
        x, y, width, _ = latest
        above = looks.Picture(path).colours(left + x, top + y - BAR, width, BAR)
        tap.true(OVER_TLS in above, f"a bar stands above {days[1]}")


def dates(window):
    """The first and the last day of the chart; None: they are not there yet."""
    found = [text for text in window.texts() if re.fullmatch(r"\d{4}-\d\d-\d\d", text)]
    return sorted(found) if len(found) == 2 else None


def across(text, part):
    """Where the middle of @part stands in @text, as a label lays it out."""
    context = PangoCairo.FontMap.get_default().create_context()
    layout = Pango.Layout.new(context)
    layout.set_text(text, -1)
    middle = len(text[: text.index(part)].encode()) + len(part.encode()) // 2
    return layout.index_to_pos(middle).x


def test_a_sentence_begins_at_the_right(place):
    """Also one that begins with a name that is written from left to right; a time stays whole"""
    words = hebrew.letters("der Mailserver bietet kein TLS an")
    with place.desktop.window(place.daemon, **RTL) as window:
        window.wait_text(words)
        sentence = next(text for text in window.texts() if words in text)
        tap.true("plain.lab" in sentence, "it is about a domain")
        tap.true(across(sentence, "plain.lab") > across(sentence, words), f"the domain is read first: {sentence!r}")
        date, zone = re.search(r"(\d{4}-\d\d-\d\d) \d\d:\d\d (UTC)", sentence).groups()
        tap.true(across(sentence, date) < across(sentence, zone), f"its time is read from the left: {sentence!r}")


def test_a_cipher_is_read_before_its_bits(place):
    with place.desktop.window(place.daemon, **RTL) as window:
        window.wait_text("bob@dane.lab")
        window.page(3)
        window.write(hebrew.letters("Domain oder Adresse"), "badane.lab")
        window.press(hebrew.letters("Prüfen"))
        window.wait_text(hebrew.letters("veröffentlicht Regeln für seine Mail"))
        window.click("mx.badane.lab")
        window.wait_text("TLSv1.3")
        # The row's own name has its heading in front.
        cipher = min((text for text in window.texts() if "TLSv1.3" in text), key=len)
        tap.true(across(cipher, "TLSv1.3") > across(cipher, "256 "), f"its bits are read last: {cipher!r}")
        path = os.path.join(place.pictures, "check-badane-right-to-left.png")
        window.picture_of_window(path)
        tap.equal(list(looks.problems(window, path)), [], "what is wrong")


@contextlib.contextmanager
def tray(place):
    with panel.Panel(place.desktop) as shown, contextlib.ExitStack() as stack:
        program = Program(
            "letterlock-tray", [binary("letterlock-tray")], os.path.join(place.world.folder, "tray.log"),
            env={**place.daemon.environment, **place.desktop.environment, **RTL},
        )  # fmt: skip
        stack.callback(program.stop)
        program.wait_until(shown.item, "its icon is in the panel")
        yield shown, program


def test_the_tray_says_whom_a_letter_is_for_first(place):
    """In its menu and in notifications an address keeps its direction, and the rest is read after it"""
    notifications = panel.Notifications(place.desktop)
    with tray(place) as (shown, program):
        def labels(*addresses):
            return [entry[0] for entry in shown.menu() if any(x in entry[0] for x in addresses)]

        program.wait_until(lambda: labels("bob@dane.lab"), "the last letters are in its menu")
        for label in labels("bob@dane.lab", "una@valid.lab"):
            address, _, words = label.partition(": ")
            address = address.strip("\u200f\u2068\u2069")
            tap.true(words and across(label, address) > across(label, words), f"the address is first: {label!r}")
        place.send("eve@plain.lab", "fritz@plain.lab")
        _, _, body, _ = notifications.wait_about(hebrew.letters("weitere"))
        held = next(x for x in labels("eve@plain.lab") if hebrew.letters("weitere") in x)
        for said in (held, body.split("\n")[0]):
            tap.true(across(said, "eve@plain.lab") > across(said, hebrew.letters("weitere")), f"she is first: {said!r}")


def prepare(world):
    world.zones.zone("office.lab", "@ MX 1 aspmx.l.google.com.\n")
    autoconfig.publish(world, "cloud.lab", NAME, how="OAuth2", more=PERMISSION)


@contextlib.contextmanager
def world(folder):
    share = os.path.join(folder, "share")
    hebrew.write(os.path.join(share, "locale"))
    with pictures.world(folder, prepare) as place:
        namespace.bind(share, "/usr/local/share")
        yield place


if __name__ == "__main__":
    tap.main(world)
