# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a network that costs by the byte, as NetworkManager says it: large letters that could not be sent
at once wait for another network, and the user is told how to send them all the same."""

import glob
import os

import tap
from machine import Machine
from office import Office, letter
from process import wait_until

LARGE = "x" * 70 + "\r\n"
LARGE *= 20000  # 1.4 MB


class Abroad(Office):
    def __init__(self, folder):
        self.machine = Machine(os.path.join(folder, "machine"), "networkmanager")
        super().__init__(folder)

    def __enter__(self):
        self.machine.__enter__()
        self.machine.meter("yes")
        self.environment = self.machine.environment
        return super().__enter__()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.machine.__exit__()

    def submit(self, name, body):
        content = letter("bob@dane.lab", name=name, body=body).decode()
        done = self.daemon.try_letterlock("sendmail", "-f", self.world.sender, "bob@dane.lab", text=content)
        tap.equal(done.returncode, 0, done.stderr)

    def is_in(self, name, state, words=""):
        record = self.letter_named(name)
        return record["state"] == state and words in record["recipients"][0]["reason"]


def test_first_try(abroad):
    """It is seen that the network is metered; a large letter is sent at once all the same"""
    tap.equal(abroad.daemon.letterlock("status", "--json")[0]["metered"], True, "metered")
    abroad.submit("first", LARGE)
    wait_until(lambda: abroad.is_in("first", "sent"), "it is sent")


def test_tried_again(abroad):
    """The provider was away: the small letter goes when it is back, the large one waits, and says
    for what and what can be done"""
    abroad.provider.stop()
    abroad.submit("small", "hello\r\n")
    abroad.submit("large", LARGE)
    abroad.daemon.wait_state("waiting", 2)
    abroad.provider.start()
    abroad.wake()
    wait_until(lambda: abroad.is_in("small", "sent"), "the small one is sent")
    wait_until(lambda: abroad.is_in("large", "waiting", "this network is metered"), "the large one waits")
    record = abroad.letter_named("large")
    tap.true(f"letterlock retry {record['id']}" in record["recipients"][0]["reason"], record)


def test_not_looked_at(abroad):
    """While it is spared its recipient's server is not looked at anew, even after a restart"""
    looks = lambda: abroad.world.recipients.settled_log().count("connect from")
    abroad.daemon.restart()
    before = looks()
    abroad.try_again("large")
    tap.equal(looks(), before, "connections to recipients' servers")


def test_no_turn(abroad):
    """What is spared uses up nothing of the pace that the provider allows: another letter goes"""
    (account,) = abroad.daemon.letterlock("account", "list", "--json")
    pace = str(len(abroad.daemon.letters("--state", "sent")) + 1)
    abroad.daemon.letterlock("account", "edit", account["account"], "--rate", pace)
    abroad.try_again("large")
    abroad.submit("in-its-turn", "hello\r\n")
    wait_until(lambda: abroad.is_in("in-its-turn", "sent"), "another one is sent")
    record = abroad.daemon.letterlock("show", "--json", abroad.letter_named("in-its-turn")["id"])[0]
    tap.true("letters a minute" not in str(record["events"]), record["events"])
    abroad.daemon.letterlock("account", "edit", account["account"], "--rate", "0")


def test_asked_for(abroad):
    """The user wants it now: it goes now"""
    abroad.daemon.letterlock("retry", abroad.letter_named("large")["id"])
    wait_until(lambda: abroad.is_in("large", "sent"), "it is sent")


def test_at_home(abroad):
    """In a network that is not metered it goes by itself"""
    abroad.provider.stop()
    abroad.submit("later", LARGE)
    wait_until(lambda: abroad.is_in("later", "waiting"), "it waits")
    abroad.provider.start()
    abroad.wake()
    wait_until(lambda: abroad.is_in("later", "waiting", "this network is metered"), "it is spared")
    abroad.machine.meter("no")
    wait_until(lambda: abroad.is_in("later", "sent"), "it is sent")
    tap.equal(abroad.daemon.letterlock("status", "--json")[0]["metered"], False, "metered")


def test_switched_off(abroad):
    """Who does not want to be spared: queue.metered = ignore"""
    abroad.machine.meter("guess-yes")
    wait_until(lambda: abroad.daemon.letterlock("status", "--json")[0]["metered"], "it is metered again")
    abroad.provider.stop()
    abroad.submit("anyway", LARGE)
    wait_until(lambda: abroad.is_in("anyway", "waiting"), "it waits")
    abroad.provider.start()
    abroad.daemon.letterlock("config", "set", "queue.metered", "ignore")
    wait_until(lambda: abroad.is_in("anyway", "sent"), "it is sent")


def test_a_day_later(abroad):
    """Spared for a day at most: then it goes, whatever it costs"""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise tap.Skip("libfaketime is not installed")
    abroad.daemon.letterlock("config", "set", "queue.metered", "--default")
    abroad.provider.stop()
    abroad.submit("patient", LARGE)
    wait_until(lambda: abroad.is_in("patient", "waiting"), "it waits")
    abroad.provider.start()
    abroad.try_again("patient")
    wait_until(lambda: abroad.is_in("patient", "waiting", "this network is metered"), "it is spared")
    abroad.daemon.stop()
    faked = {"LD_PRELOAD": libraries[0], "FAKETIME": "+25h", "DONT_FAKE_MONOTONIC": "1"}
    abroad.daemon.environment.update(faked)
    try:
        abroad.daemon.start()
        wait_until(lambda: abroad.is_in("patient", "sent"), "it is sent")
    finally:
        for name in faked:
            del abroad.daemon.environment[name]


if __name__ == "__main__":
    tap.main(Abroad)
