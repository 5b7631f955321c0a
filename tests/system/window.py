#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window, worked as a screen reader works it: letters, one letter and its decision, a check."""

import contextlib
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import clients
import tap
from desktop import Desktop
from gnupg import GnuPG
from process import wait_until
from world import World

SENDER = "anna@provider.lab"
SYSTEM = "/etc/letterlock/letterlock.conf"


def send(login, *recipients, subject="a letter"):
    letter = f"From: {SENDER}\r\nTo: {', '.join(recipients)}\r\nSubject: {subject}\r\n\r\nHello.\r\n"
    clients.swaks(login, SENDER, list(recipients), letter.encode())


def test_letters_stand_in_the_list_with_what_was_done(place):
    send(place.login, "bob@dane.lab")
    send(place.login, "eve@plain.lab", "carl@sts.lab")
    place.daemon.wait_state("sent")
    place.daemon.wait_state("held")
    with place.desktop.window(place.daemon) as window:
        window.wait_text("bob@dane.lab")
        window.wait_text("eve@plain.lab, carl@sts.lab")
        window.wait_text("taken by your provider · over TLS")
        window.wait_text("plain.lab: mail server offers no TLS")
        window.wait_text("1 letter waits for your decision")
        row = "bob@dane.lab: taken by your provider · over TLS"
        window.wait(lambda: window.reader.find(row, ("list item",)), "its row is read aloud")
        tap.equal(window.unnamed(), [], "controls without a name")
        window.picture(place.file("letters.png"))


def test_a_letter_that_comes_meanwhile_appears(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_text("bob@dane.lab")
        send(place.login, "late@dane.lab")
        window.wait_text("late@dane.lab")


def held(place, address):
    return next(
        letter
        for letter in place.daemon.letters()
        if letter["state"] == "held" and letter["recipients"][0]["address"] == address
    )


def waiting(place, domain):
    """The addresses there that wait for a decision."""
    return [
        recipient["address"]
        for letter in place.daemon.letters()
        for recipient in letter["recipients"]
        if recipient["state"] == "held" and recipient["domain"] == domain
    ]


def hold_two(place, *names):
    """Letters to these at plain.lab, which alone wait there."""
    for letter in place.daemon.letters():
        if letter["state"] == "held":
            place.daemon.letterlock("drop", letter["id"])
    for name in names:
        send(place.login, f"{name}@plain.lab")
    wait_until(lambda: len(waiting(place, "plain.lab")) == 2, "both are held")


def test_a_held_letter_shows_why_and_can_be_given_up(place):
    letter = held(place, "eve@plain.lab")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.act("letter", letter["id"])
        window.wait_text("Held for your decision")
        window.click("eve@plain.lab")
        window.wait_text("The way to them: no encryption offered")
        window.click("carl@sts.lab")
        window.wait_text("Mail server: mx.sts.lab")
        window.picture(place.file("letter.png"))
        window.press("Don't send")
        window.wait_text("The letter is given up.")
        window.press_answer("Don't send")
        window.wait_text("Not sent")
        place.daemon.wait_state("dropped")


def test_a_held_letter_is_sent_anyway_only_after_a_question(place):
    send(place.login, "fay@plain.lab")
    place.daemon.wait_state("held")
    letter = held(place, "fay@plain.lab")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.act("letter", letter["id"])
        window.press("Send anyway")
        window.wait_text("On its way this letter may be read by others")
        tap.equal(held(place, "fay@plain.lab")["id"], letter["id"], "what is still held")
        window.press_answer("Send anyway")
        place.world.provider.wait_letters("fay@plain.lab")


def test_broken_is_never_sent_anyway(place):
    send(place.login, "gil@badane.lab")
    place.daemon.wait_state("held")
    letter = held(place, "gil@badane.lab")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.act("letter", letter["id"])
        window.wait_text("Don't send")
        tap.true("Send anyway" not in window.texts(), "it is not offered")
        window.page(2)
        window.wait_text("For this letter:")
        remembered = [x for x in window.texts() if x.startswith("From now on the same")]
        tap.equal(remembered, [], "what can be remembered")


def test_letters_alike_are_decided_together_and_remembered(place):
    hold_two(place, "ida", "joe")
    place.daemon.letterlock("rule", "add", "--to", "*.lab", "--mode", "exclusive")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(2)
        window.wait_text("For all 2:")
        window.picture(place.file("held.png"))
        tap.equal(window.unnamed(), [], "controls without a name")
        window.press("From now on the same for plain.lab")
        window.press("Send anyway")
        window.press_answer("Send anyway")
        place.world.provider.wait_letters("ida@plain.lab")
        place.world.provider.wait_letters("joe@plain.lab")
        window.wait(lambda: "For all 2:" not in window.texts(), "they are gone from the page")
    rules = [(x["to"], x["mode"]) for x in place.daemon.letterlock("rule", "list", "--json")]
    tap.equal(rules, [(["plain.lab"], "opportunistic"), (["*.lab"], "exclusive")], "rules, in their order")
    send(place.login, "kim@plain.lab")
    place.world.provider.wait_letters("kim@plain.lab")
    place.daemon.letterlock("rule", "remove", "2")
    place.daemon.letterlock("rule", "remove", "1")


def test_one_of_letters_alike_is_decided_alone(place):
    hold_two(place, "lea", "max")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.act("held")
        window.wait_text("For all 2:")
        window.click("max@plain.lab")
        window.wait_text("From: anna@provider.lab")
        window.press("Don't send")  # the first one, in the row that is open
        window.press_answer("Don't send")
        window.wait_text("For this letter:")
    tap.equal(waiting(place, "plain.lab"), ["lea@plain.lab"], "held")


def test_who_was_decided_about_leaves_the_page(place):
    for letter in place.daemon.letters("--state", "held"):
        place.daemon.letterlock("drop", letter["id"])
    send(place.login, "nia@plain.lab", "oto@plain.lab")
    wait_until(lambda: len(waiting(place, "plain.lab")) == 2, "both are held")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(2)
        window.wait_text("For all 2:")
        window.click("oto@plain.lab")
        window.wait_text("From: anna@provider.lab")
        window.press("Don't send")  # the first one, in the row that is open
        window.press_answer("Don't send")
        window.wait_text("For this letter:")
        tap.true("oto@plain.lab" not in window.texts(), "he is still there")
    tap.equal(waiting(place, "plain.lab"), ["nia@plain.lab"], "held")


def open_row(window, name):
    """With its button for the letter having the keyboard."""
    window.click(name)
    window.wait_text("From: anna@provider.lab")
    window.tab_to("Show the letter")


def still_open(window):
    names = window.reader.focused_names()[:1]
    return names == ["Show the letter"] and window.reader.says("From: anna@provider.lab")


def test_a_row_stays_open_when_letters_come_and_go(place):
    """Opened, and with the keyboard in it; so does the keyboard on what is decided for all"""
    hold_two(place, "pia", "quo")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(2)
        window.wait_text("For all 2:")
        open_row(window, "quo@plain.lab")
        send(place.login, "rex@plain.lab")
        window.wait_text("For all 3:")
        tap.true(still_open(window), f"after a letter came: {window.reader.focused_names()}")
        place.daemon.letterlock("drop", held(place, "pia@plain.lab")["id"])
        window.wait_text("For all 2:")
        tap.true(still_open(window), f"after one went: {window.reader.focused_names()}")
        window.key("Tab")
        window.tab_to("Don't send")
        place.daemon.letterlock("drop", held(place, "quo@plain.lab")["id"])
        window.wait_text("For this letter:")
        tap.equal(window.reader.focused_names()[0], "Don't send", "what has the keyboard")


def test_a_question_goes_when_what_it_asks_about_changes(place):
    hold_two(place, "sue", "tom")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(2)
        window.wait_text("For all 2:")
        window.press("Send anyway")
        window.wait_text("On its way this letter may be read by others")
        send(place.login, "ute@plain.lab")
        window.wait_text("For all 3:")
        gone = "On its way this letter may be read by others"
        window.wait(lambda: not window.reader.says(gone), "nobody asks any more")
    tap.equal(len(waiting(place, "plain.lab")), 3, "how many wait")


def test_a_check_fills_in_and_ends_with_a_verdict(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(3)
        window.write("Domain or address", "badane.lab")
        window.press("Check")
        window.wait_text("Published protection fails: attack or mistake")
        window.click("mx.badane.lab")
        window.wait_text("DANE: the certificate is not the one that is published")
        window.picture(place.file("check.png"))


def test_a_key_is_looked_at_and_accepted(place):
    with GnuPG() as eve, open(place.file("eve.asc"), "wb") as file:
        file.write(eve.export(eve.generate("eve@plain.lab")))
    place.daemon.letterlock("key", "import", place.file("eve.asc"))
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(4)
        window.write("Whose keys", "eve@plain.lab")
        window.press("Look")
        window.wait_text("You are asked before its first use")
        window.press("Accept")
        window.wait_text("Locks letters by itself")
        window.picture(place.file("people.png"))
        tap.equal(window.unnamed(), [], "controls without a name")
    (key,) = place.daemon.letterlock("key", "list", "eve@plain.lab", "--json")
    tap.equal((key["use"], key["trust"]), ("ready", "accepted"), "what the daemon knows")


def test_rules_are_shown_tried_and_removed(place):
    place.daemon.letterlock("rule", "add", "--to", "*@dane.lab", "--mode", "encrypt", "--note", "Doctor")
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(5)
        window.wait_text("How: Always lock it")
        window.wait_text("Note: Doctor")
        window.write("To whom", "bob@dane.lab")
        window.press("Preview")
        window.wait_text("It would be held for your decision")
        window.picture(place.file("rules.png"))
        window.press("Remove rule 1")
        window.wait_text("There is no rule: your preset decides for everybody.")
        window.press("Preview")
        window.wait_text("It would be sent")
    tap.equal(place.daemon.letterlock("rule", "list", "--json"), [], "rules")


def test_a_rule_is_tried_before_it_is_added(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(5)
        window.press("Add …")
        window.write("Address or domain", "valid.lab")
        window.write("A letter to", "una@valid.lab")
        window.press("Preview")
        window.wait_text("It would be sent")
        window.choose("How", 2)
        window.choose("The way has to be at least", 2)
        window.choose("If the way cannot be seen", 3)
        window.press("Preview")
        window.wait_text("It would be held for your decision")
        window.picture(place.file("rule.png"))
        tap.equal(window.unnamed(), [], "controls without a name")
        tap.equal(place.daemon.letterlock("rule", "list", "--json"), [], "rules so far")
        window.press("Add rule")
        window.wait_text("How: Always lock it")
    (rule,) = place.daemon.letterlock("rule", "list", "--json")
    found = (rule["to"], rule["mode"], rule["minimum"], rule["unknown"])
    tap.equal(found, (["valid.lab"], "encrypt", "verified", "hold"), "rule")
    place.daemon.letterlock("rule", "remove", "1")


def test_a_preference_counts_at_once(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.key("ctrl+comma")
        window.wait_text("Careful: lock it, or ask me")
        window.picture(place.file("preferences.png"))
        tap.equal(window.unnamed(), [], "controls without a name")
        window.choose("When the way is open", -1)
        wait_until(lambda: preset(place) == "everyday", "the daemon has it")
    place.daemon.letterlock("config", "set", "policy.preset", "--default")


def test_subjects_are_a_preference(place):
    """Kept from then on, shown in the row, on the letter's page and where it is held; gone when switched off"""
    subject = "Tom & Jerry: <b>3 < 4</b>"
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.key("ctrl+comma")
        window.choose("Keep subjects, encrypted", 1)
        wait_until(lambda: setting(place, "record.subjects") == "true", "the daemon has it")
        window.key("Escape")
        send(place.login, "sue@dane.lab", subject=subject)
        window.wait_text(subject)
        row = f"sue@dane.lab: taken by your provider · over TLS: {subject}"
        window.wait(lambda: window.reader.find(row, ("list item",)), "its row is read aloud")
        send(place.login, "sam@plain.lab", subject=subject)
        id = place.daemon.wait_letters(lambda all: next((x["id"] for x in all if x["subject"] == subject
                                       and x["state"] == "held"), None), "one is held")  # fmt: skip
        window.act("letter", id)
        window.wait_text("Subject")
        window.wait_text(subject)
        window.picture(place.file("subject.png"))
        window.page(2)
        window.wait(lambda: any(x.endswith(f"\n{subject}") for x in window.texts()), "it is held")
        window.page(1)
        window.wait_text("sam@plain.lab")
        place.daemon.letterlock("config", "set", "record.subjects", "--default")
        window.wait(lambda: not any(subject in x for x in window.texts()), "they are gone")
        window.wait(lambda: window.reader.find("sam@plain.lab"), "the letters are there")
        place.daemon.letterlock("drop", id)


def test_what_the_administrator_has_fixed_is_greyed_out(place):
    os.makedirs(os.path.dirname(SYSTEM), exist_ok=True)  # of the world's own /etc
    with open(SYSTEM, "w", encoding="ascii") as file:
        file.write("[record]\nretention=30d\n[lock]\nkeys=record.retention\n")
    place.daemon.letterlock("config", "set", "policy.preset", "--default")  # it reads both files anew
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.key("ctrl+comma")
        fixed = "Remember what was done with letters (fixed by your administrator)"
        window.wait_text(fixed)
        tap.true(not window.reader.is_sensitive(fixed), "it can be changed")
        tap.true(window.reader.is_sensitive("Keep what I wrote in locked letters"), "the rest cannot")
    os.remove(SYSTEM)


def test_notifications_of_what_was_sent_are_a_preference(place):
    """Telling of sent letters, and the icon at the login: what the session reads is what the switch shows"""
    home, system = (os.path.join(place.daemon.folder, x) for x in ("autostart", "system"))
    entry = "autostart/org.letterlock.Tray.desktop"
    os.makedirs(os.path.join(system, "autostart"))
    with open(os.path.join(system, entry), "w", encoding="utf-8") as file:
        file.write("[Desktop Entry]\nType=Application\nName=Letterlock icon\nExec=/bin/true\n")
    session = {"XDG_CONFIG_DIRS": system, "XDG_CONFIG_HOME": home}
    words = {True: "It starts with your session", False: "It does not start with your session"}
    tap.true(is_started(place, session), "it is started where nobody said anything")
    with place.desktop.window(place.daemon, **session) as window:
        window.wait_known()
        window.key("ctrl+comma")
        window.wait_text("Say nothing: all went well")
        window.picture(place.file("preferences-notices.png"))
        window.choose("When a letter was sent", 1)
        wait_until(lambda: setting(place, "notices.sent") == "true", "the daemon has it")
        window.wait_text(words[True])
        for on in (False, True):
            window.click("Show the icon when I log in")
            window.wait_text(words[on])
            tap.equal(is_started(place, session), on, "what the session does")
    tap.true(not os.path.lexists(os.path.join(home, entry)), "nothing is left of it")
    place.daemon.letterlock("config", "set", "notices.sent", "--default")


def is_started(place, session):
    """What systemd makes of it for a session that it starts (systemd-xdg-autostart-generator)."""
    made = os.path.join(place.daemon.folder, "units")
    os.makedirs(made, exist_ok=True)
    environment = {**place.daemon.environment, **session}
    generator = "/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator"
    subprocess.run([generator, made, made, made], env=environment, check=True)
    units = [name for _, _, names in os.walk(made) for name in names]
    shutil.rmtree(made)
    return any("letterlock" in name for name in units)


def setting(place, key):
    return place.daemon.letterlock("config", "get", key).strip()


def preset(place):
    return place.daemon.letterlock("config", "get", "policy.preset").strip()


def test_an_account_is_tested(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(6)
        window.wait_text("anna@provider.lab")
        window.click("anna@provider.lab")
        window.wait_text("Provider: mail.provider.lab:587")
        window.press("Test")
        window.wait_text("Encryption: STARTTLS, or not at all")
        window.wait_text("Encryption: TLSv1.3")
        window.picture(place.file("accounts.png"))


def test_the_overview_counts_what_the_report_counts(place):
    report = place.daemon.letterlock("report", "--json")
    summary = next(line for line in report if line["kind"] == "summary")
    sent, of = summary["method"]["tls"], summary["recipients"]
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        window.page(7)
        window.wait_text(f"{sent} ({sent * 100 // of} %)")
        window.picture(place.file("overview.png"))
        tap.equal(window.unnamed(), [], "controls without a name")


def test_without_a_daemon_it_says_so_and_comes_back(place):
    with place.desktop.window(place.daemon) as window:
        window.wait_known()
        place.daemon.stop()
        window.wait_text("Letterlock does not run: letters cannot be sent through it")
        place.daemon.start()
        window.wait_known()
        window.wait(lambda: "Start" not in window.texts(), "it is connected again")


class Place:
    def __init__(self, world, daemon, desktop, pictures):
        self.world, self.daemon, self.desktop, self.pictures = world, daemon, desktop, pictures
        self.folder = world.folder
        self.login = world.account(daemon)

    def file(self, name):
        return os.path.join(self.pictures, name)


@contextlib.contextmanager
def world(folder):
    """One world for all tests, which build upon each other's letters."""
    pictures = os.environ.get("LETTERLOCK_PICTURES", folder)
    with World(folder) as practice, practice.daemon() as daemon:
        with Desktop(os.path.join(folder, "desktop")) as desktop:
            yield Place(practice, daemon, desktop, pictures)


if __name__ == "__main__":
    tap.main(world)
