# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast an account sends: the provider's rate and its throttling slow the account, not the
letter; what waits says for what, and goes in the order in which it came."""

import signal

import tap
from office import Office, letter
from process import wait_until
from smtp_faults import OFFERS, FaultServer

HOST = "mail.pace.lab"
ADDRESS = "127.0.0.78"


class Pace(Office):
    def __init__(self, folder):
        super().__init__(folder)
        self.world.zones.zone("pace.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")
        self.certificate = self.world.ca.issue(HOST)

    def open(self, name, **faults):
        return FaultServer(
            self.certificate, faults=faults, address=ADDRESS, implicit=False,
            users={self.address(name): "secret"}, offers=OFFERS,
        )  # fmt: skip

    @staticmethod
    def address(name):
        return f"{name}@pace.lab"

    def add(self, name, server, *more):
        self.daemon.add_account(
            self.address(name), f"{HOST}:{server.port}", *more, password="secret"
        )

    def submit(self, account, name, subject="x", status=0):
        """By `sendmail`, which waits for the answer as any mail program does."""
        content = letter("bob@dane.lab", subject, name=name, sender=self.address(account))
        return self.daemon.letterlock(
            "sendmail", "-i", "-f", self.address(account), "bob@dane.lab",
            text=content.decode().replace("\r\n", "\n"), status=status,
        )  # fmt: skip

    def wait(self, name, state):
        def reached():
            found = self.letter_named(name)
            return found["recipients"][0] if found and found["state"] == state else None

        return wait_until(reached, f"{name} is {state}")


def came(server):
    return [x["content"].split("Message-ID: <")[1].split("@")[0] for x in list(server.letters)]


def test_rate(office):
    """Two a minute: the third is queued, says why, and goes when it may"""
    with office.open("rate") as server:
        office.add("rate", server, "--rate", "2")
        for name in ("one", "two", "three"):
            office.submit("rate", name)
        waits = office.wait("three", "queued")
        tap.true("2 letters a minute" in waits["reason"] and "turn" in waits["reason"], waits)
        tap.equal(came(server), ["one", "two"], "letters at the provider")
        office.submit("rate", "four")  # does not overtake
        office.wait("four", "queued")
        office.daemon.letterlock("account", "edit", "rate", "--rate", "100")
        office.wait("three", "sent")
        office.wait("four", "sent")
        tap.equal(sorted(came(server)), ["four", "one", "three", "two"], "letters at the provider")


def test_throttled(office):
    """451 4.7.1 to one letter: the account waits, the other letters too; nobody is refused"""
    with office.open("slow", mail=["451 4.7.1 too fast", None]) as server:
        office.add("slow", server)
        office.submit("slow", "held", "[hold] x")
        record = office.wait("held", "held")
        office.daemon.letterlock("release", office.letter_named("held")["id"], "--with", "open")
        tap.true(record["reason"], "no reason")
        tap.true("too fast" in office.wait("held", "queued")["reason"], "the provider's words")
        office.submit("slow", "fresh")
        waits = office.wait("fresh", "queued")
        tap.true("slower pace" in waits["reason"], waits)
        tap.equal(sum("MAIL" in x for x in server.commands), 1, "tries at the provider")
        office.daemon.program.child.send_signal(signal.SIGHUP)
        office.wait("held", "sent")
        office.wait("fresh", "sent")


def test_throttled_while_the_mail_program_waits(office):
    """421 to a letter whose mail program waits: passed on, and the account goes slower"""
    # on a warm connection 421 may mean that it was idle for too long: tried once more
    with office.open("busy", mail=["421 4.3.2 busy;close"] * 2 + [None]) as server:
        office.add("busy", server)
        office.submit("busy", "first", status=75)
        office.submit("busy", "second")
        tap.true("slower pace" in office.wait("second", "queued")["reason"], "no reason")
        tap.equal(came(server), [], "letters at the provider")


if __name__ == "__main__":
    tap.main(Pace)
