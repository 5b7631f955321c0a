# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Life on a laptop: it goes to sleep, wakes up, and is shut down while letters are not sent yet."""

import datetime
import os
import threading

import tap
from machine import Machine
from office import Office, letter
from process import wait_until
from smtp_faults import FaultServer

SLOW = ("mail.slow.lab", "127.0.0.94")


class Laptop(Office):
    def __init__(self, folder):
        self.machine = Machine(os.path.join(folder, "machine"), "logind")
        super().__init__(folder)
        self.world.zones.zone("slow.lab", f"@ MX 10 mail\nmail A {SLOW[1]}\n")
        self.certificate = self.world.ca.issue(SLOW[0])

    def __enter__(self):
        self.machine.__enter__()
        self.environment = self.machine.environment
        return super().__enter__()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.machine.__exit__()

    def submit(self, name):
        content = letter("bob@dane.lab", name=name).decode()
        done = self.daemon.try_letterlock("sendmail", "-f", self.world.sender, "bob@dane.lab", text=content)
        tap.equal(done.returncode, 0, done.stderr)

    def status(self):
        return self.daemon.letterlock("status", "--json")[0]


def test_nothing_waits(laptop):
    """While nothing waits, the machine is held back by nobody"""
    laptop.submit("at-once")
    laptop.daemon.wait_state("sent")
    tap.equal(laptop.machine.inhibitors(), "", "inhibitors")
    tap.equal(laptop.status()["unsent"], 0, "unsent")


def test_held_back(laptop):
    """Two letters that cannot go: sleep and shutdown are asked to wait, and logind can say why"""
    laptop.provider.stop()
    laptop.submit("first")
    laptop.daemon.wait_state("waiting")
    wait_until(laptop.machine.inhibitors, "the machine is held back")
    said = laptop.machine.inhibitors()
    tap.true("'shutdown:sleep'" in said and "'delay'" in said, said)
    tap.true("Letters are not sent yet" in said, said)
    laptop.submit("second")
    laptop.daemon.wait_state("waiting", 2)
    tap.equal(laptop.status()["unsent"], 2, "unsent")


def test_sleep(laptop):
    """It is let go as nothing moves, the state says why for the icon's notice, and after waking up
    all is tried anew, and held back again"""
    laptop.machine.prepare("Sleep", True)
    wait_until(lambda: not laptop.machine.inhibitors(), "the machine is let go")
    tap.equal(laptop.status()["leaving"], "sleep", "leaving")
    tap.true(laptop.daemon.program.alive(), "the daemon")
    laptop.machine.prepare("Sleep", False)
    wait_until(laptop.machine.inhibitors, "the machine is held back again")
    tap.equal(laptop.status()["leaving"], None, "leaving")
    tap.true("the machine was asleep" in laptop.daemon.log(), "the log")


def test_wakes_up_with_a_network(laptop):
    """What waited for the network goes right after waking up, not when its timer ran out"""
    laptop.machine.prepare("Sleep", True)
    wait_until(lambda: not laptop.machine.inhibitors(), "the machine is let go")
    due = max(x["recipients"][0]["next_try"] for x in laptop.daemon.letters("--state", "waiting"))
    laptop.provider.start()
    laptop.machine.prepare("Sleep", False)
    laptop.daemon.wait_state("sent", 3)
    now = datetime.datetime.now(datetime.timezone.utc)
    tap.true(now < datetime.datetime.fromisoformat(due.replace("Z", "+00:00")), f"it was due at {due}")
    wait_until(lambda: not laptop.machine.inhibitors(), "nothing holds it back")


def slow_provider(laptop, name):
    """It does not say that it took a letter before it is told to."""
    return FaultServer(
        laptop.certificate, faults={"dot": "wait;250 2.0.0 taken"}, address=SLOW[1],
        users={f"{name}@slow.lab": "secret"},
    )  # fmt: skip


def begin(laptop, server, name):
    """A letter that is on its way."""
    address = f"{name}@slow.lab"
    laptop.daemon.add_account(address, f"{SLOW[0]}:{server.port}", password="secret", security="tls")
    content = letter("bob@dane.lab", name=name, sender=address).decode()
    arguments = ("sendmail", "-f", address, "bob@dane.lab")
    sending = threading.Thread(target=laptop.daemon.try_letterlock, args=arguments, kwargs={"text": content})
    sending.start()
    wait_until(lambda: server.letters, "the provider has it")
    wait_until(laptop.machine.inhibitors, "the machine is held back")
    return sending


def test_letter_on_its_way(laptop):
    """Sleep waits for the answer to a letter that is on its way, and no longer"""
    with slow_provider(laptop, "quick") as server:
        sending = begin(laptop, server, "quick")
        laptop.machine.prepare("Sleep", True)
        wait_until(lambda: laptop.status()["leaving"] == "sleep", "it is about to sleep")
        tap.true(laptop.machine.inhibitors(), "it is let go in the middle of a letter")
        server.go_on.set()
        wait_until(lambda: not laptop.machine.inhibitors(), "the machine is let go")
        sending.join()
    laptop.machine.prepare("Sleep", False)
    wait_until(lambda: laptop.letter_named("quick")["state"] == "sent", "it is sent")


def test_letter_that_takes_too_long(laptop):
    """... nor longer than logind has patience: then it is let go while the letter still moves"""
    with slow_provider(laptop, "slow") as server:
        sending = begin(laptop, server, "slow")
        laptop.machine.prepare("Sleep", True)
        wait_until(lambda: not laptop.machine.inhibitors(), "the machine is let go")
        tap.equal(laptop.letter_named("slow")["state"], "sending", "state")
        server.go_on.set()
        sending.join()
    laptop.machine.prepare("Sleep", False)
    wait_until(lambda: laptop.letter_named("slow")["state"] == "sent", "it is sent")


def test_logind_ends(laptop):
    """Without logind nothing is missing"""
    laptop.machine.programs[0].stop()
    laptop.submit("without")
    laptop.daemon.wait_state("sent", 6)
    tap.true(laptop.daemon.program.alive(), "the daemon")


if __name__ == "__main__":
    tap.main(Laptop)
