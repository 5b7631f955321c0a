#!/usr/bin/python3 -B
# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The icon in a real panel: its words, its menu, and the notifications with their answers."""

import contextlib
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))

import clients
import tap
from daemon import Bus, binary
from desktop import Desktop
from process import PATIENCE, Program, wait_until
from world import World

SENDER = "anna@provider.lab"


class Place:
    def __init__(self, folder, stack):
        self.world = stack.enter_context(World(folder))
        self.daemon = stack.enter_context(self.world.daemon())
        self.desktop = stack.enter_context(Desktop(os.path.join(folder, "desktop")))
        import panel

        self.panel = stack.enter_context(panel.Panel(self.desktop))
        self.notifications = panel.Notifications(self.desktop)
        self.login = self.world.account(self.daemon)
        self.program = Program(
            "letterlock-tray", [binary("letterlock-tray")], os.path.join(folder, "tray.log"),
            env={**self.daemon.environment, **self.desktop.environment},
        )  # fmt: skip
        stack.callback(self.program.stop)
        self.program.wait_until(self.panel.item, "its icon is in the panel")

    def send(self, *recipients):
        letter = f"From: {SENDER}\r\nTo: {', '.join(recipients)}\r\nSubject: private\r\n\r\nHello.\r\n"
        clients.swaks(self.login, SENDER, list(recipients), letter.encode())

    def labels(self):
        return [entry[0] for entry in self.panel.menu()]

    def wait_words(self, words):
        wait_until(lambda: self.panel.words() == words, f"the icon says {words!r}")


def test_all_is_well_and_nothing_is_said(place):
    place.wait_words("Nothing waits")
    tap.equal(place.panel.icon(), "letterlock-calm-symbolic", "icon")
    place.send("bob@dane.lab")
    place.daemon.wait_state("sent")
    wait_until(lambda: "bob@dane.lab: taken by your provider" in place.labels(), "it is in the menu")
    tap.equal(place.notifications.came, [], "notifications")


def test_who_wants_it_is_told_of_what_was_sent(place):
    """[notices] sent: one notification for a letter, at once when it is switched on, and none again
    when it is off; on a letter to two, how many they are"""
    place.daemon.letterlock("config", "set", "notices.sent", "true")
    place.send("bob@dane.lab", "ida@dane.lab")
    _, summary, body, actions = place.notifications.wait_about("bob@dane.lab and 1 more")
    tap.equal((summary, actions[1::2]), ("A letter was sent", ["Show"]), "summary and actions")
    tap.true("private" not in body, "the subject is nobody's business")
    place.daemon.letterlock("config", "set", "notices.sent", "--default")
    place.send("bob@dane.lab")
    place.daemon.wait_state("sent", 3)
    wait_until(lambda: place.labels().count("bob@dane.lab: taken by your provider") == 2, "it is in the menu")
    tap.equal(len(place.notifications.came), 1, "notifications")


def test_a_held_letter_is_told_in_words_and_notification(place):
    place.send("eve@plain.lab")
    place.wait_words("1 letter waits for your decision")
    tap.equal(place.panel.icon(), "letterlock-attention-symbolic", "icon")
    _, summary, body, actions = place.notifications.wait_about("eve@plain.lab")
    tap.equal(summary, "A letter waits for your decision", "summary")
    tap.true("mail server offers no TLS" in body, body)
    tap.true("private" not in body, "the subject is nobody's business")
    tap.equal(actions[1::2], ["Show", "Send anyway", "Don't send"], "actions")


def test_it_is_released_from_its_notification(place):
    number, *_ = place.notifications.wait_about("eve@plain.lab")
    place.notifications.answer(number, "anyway")
    place.world.provider.wait_letters("eve@plain.lab")
    place.notifications.wait_gone("eve@plain.lab")
    place.wait_words("Nothing waits")


def test_on_a_locked_screen_nobody_is_named(place):
    """what is there already loses its names and answers, and gets them back; of each desktop"""
    place.send("amy@plain.lab")
    number, *_ = place.notifications.wait_about("amy@plain.lab")
    for desktop in "freedesktop", "gnome", "cinnamon", "mate", "xfce":
        place.notifications.lock(desktop, True)
        place.notifications.wait_gone("amy@plain.lab")
        tap.equal(place.notifications.shown[number], ("A letter waits for your decision", "", []), desktop)
        place.notifications.lock(desktop, False)
        _, _, _, actions = place.notifications.wait_about("amy@plain.lab")
        tap.equal(actions[1::2], ["Show", "Send anyway", "Don't send"], desktop)
    place.notifications.lock("gnome", True)
    place.send("lou@plain.lab")
    nameless = ("A letter waits for your decision", "", [])
    place.notifications.wait_count(nameless, 2)
    tap.true("plain.lab" not in str(place.notifications.shown), place.notifications.shown)
    place.notifications.lock("gnome", False)
    for name in "amy@plain.lab", "lou@plain.lab":
        number, *_ = place.notifications.wait_about(name)
        place.notifications.answer(number, "drop")
        place.notifications.wait_gone(name)


def test_an_answer_to_somebody_elses_notification_decides_nothing(place):
    """who shows them was started anew, and counts from 1 again"""
    place.send("kim@plain.lab")
    number, *_ = place.notifications.wait_about("kim@plain.lab")
    place.notifications.begin_anew()
    for other in number, 0:
        place.notifications.answer(other, "anyway")
    place.send("max@plain.lab")
    place.notifications.wait_about("max@plain.lab")
    wait_until(lambda: "max@plain.lab" in place.labels(), "both wait")
    tap.true("kim@plain.lab" in place.labels(), "the other one waits")
    for name in "kim@plain.lab", "max@plain.lab":
        place.panel.choose(name, "Don't send")
        wait_until(lambda: name not in place.labels(), "it is given up")


def test_a_letter_is_given_up_from_the_menu(place):
    place.send("fay@plain.lab")
    wait_until(lambda: "fay@plain.lab" in place.labels(), "it stands in the menu")
    place.panel.choose("fay@plain.lab", "Don't send")
    place.daemon.wait_state("dropped")
    place.notifications.wait_gone("fay@plain.lab")


def test_an_open_menu_is_clicked_while_letters_come(place):
    """what was seen when the menu was opened can be clicked, whatever came since"""
    place.send("guy@plain.lab")
    wait_until(lambda: "guy@plain.lab" in place.labels(), "it stands in the menu")
    seen = place.panel.menu()
    place.send("ida@dane.lab", "bob@dane.lab")
    wait_until(lambda: "ida@dane.lab and 1 more: taken by your provider" in place.labels(), "another one was sent")
    place.panel.choose("guy@plain.lab", "Don't send", seen=seen)
    wait_until(lambda: "guy@plain.lab" not in place.labels(), "it is given up")
    place.panel.choose("Pause for an hour", seen=seen)
    wait_until(lambda: "Go on" in place.labels(), "the menu offers to go on")
    place.panel.choose("Go on")


def test_broken_offers_no_sending(place):
    place.send("gil@badane.lab")
    _, _, _, actions = place.notifications.wait_about("gil@badane.lab")
    tap.equal(actions[1::2], ["Show", "Don't send"], "actions")


def test_pause_for_an_hour_and_back(place):
    place.panel.choose("Pause for an hour")
    place.wait_words("Paused: letters are taken, and none leaves")
    tap.equal(place.panel.icon(), "letterlock-paused-symbolic", "icon")
    wait_until(lambda: "Go on" in place.labels(), "the menu offers to go on")
    place.panel.choose("Go on")
    place.wait_words("1 letter waits for your decision")


def doctor_on(check, place, **environment):
    """What doctor says of it in this session."""
    environment = {**place.daemon.environment, **environment}
    done = subprocess.run(
        [binary("letterlock"), "doctor", "--json"], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return next((x for x in lines if x["check"] == check), None)


def test_doctor_says_whether_icons_are_shown(place):
    """doctor: of a desktop with a panel, of one without, and nothing where there is no screen"""
    with_panel = doctor_on("icon", place, **place.desktop.environment)
    tap.equal((with_panel["ok"], with_panel["remedy"]), (True, None), "with a panel")
    with Bus(place.daemon.folder) as bus:
        without = doctor_on("icon", place, DISPLAY=":1", DBUS_SESSION_BUS_ADDRESS=bus.address)
    tap.true("no status icons" in without["reason"] and "appindicator" in without["remedy"], without)
    tap.equal(doctor_on("icon", place), None, "without a screen")


def test_doctor_says_whether_logout_is_told_of(place):
    """doctor: of a session that says at logout that letters are not sent yet, and of one that does not"""
    without = doctor_on("logout", place, **place.desktop.environment)
    tap.true("does not ask its programs" in without["reason"], without)
    name = "org.gnome.SessionManager"
    with Program(
        "dbusmock", ["/usr/bin/python3", "-m", "dbusmock", "--session", name, "/", name],
        os.path.join(place.daemon.folder, "session.log"),
        env={"PATH": "/usr/bin:/bin", **place.desktop.environment},
    ) as session:  # fmt: skip
        can = lambda: "can say at logout" in doctor_on("logout", place, **place.desktop.environment)["reason"]
        session.wait_until(can, "doctor knows the session")


def test_a_daemon_that_stops_and_comes_back(place):
    place.daemon.stop()
    place.wait_words("Letterlock does not run: letters cannot be sent through it")
    tap.equal(place.panel.icon(), "letterlock-offline-symbolic", "icon")
    place.daemon.start()
    place.wait_words("1 letter waits for your decision")


@contextlib.contextmanager
def world(folder):
    with contextlib.ExitStack() as stack:
        yield Place(folder, stack)


if __name__ == "__main__":
    tap.main(world)
