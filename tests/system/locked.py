# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole daemon with a real keyring: open, locked, opened again, emptied, gone; and without any.
What can never be opened again is reported lost by its id (promise 2)."""

import json
import os
import stat

import tap
from daemon import Bus
from keyring import Keyring
from office import Office, letter
from process import wait_until

TO = "bob@dane.lab"


class Desktop(Office):
    """An office with a session bus and a keyring that is open when the account is added."""

    def __enter__(self):
        self.bus = Bus(self.folder).__enter__()
        self.keyring = Keyring(os.path.join(self.folder, "keyring"), self.bus).__enter__()
        self.environment = {**(self.environment or {}), "DBUS_SESSION_BUS_ADDRESS": self.bus.address}
        return super().__enter__()

    def __exit__(self, *arguments):
        try:
            super().__exit__(*arguments)
        finally:
            self.keyring.__exit__()
            self.bus.__exit__()

    def named(self, name, state):
        """Waits until the letter is in this state; its record."""
        return self.daemon.wait_letter(name, state)

    def write(self, name, subject="a letter"):
        accepted, said = self.send(TO, letter(TO, subject, name=name))
        tap.true(accepted, said)

    def came(self, name):
        """How often the provider got it."""
        wanted = f"<{name}@provider.lab>".encode()
        return sum(wanted in one for one in self.provider.letters(TO))



def keyring_line(daemon):
    """What doctor says of the keyring."""
    lines = daemon.try_letterlock("doctor", "--json").stdout.splitlines()
    return next(x for x in map(json.loads, lines) if x["check"] == "keyring")


def status_word(daemon):
    """What status says of the keyring, to people and to programs."""
    word = daemon.letterlock("status", "--json")[0]["keyring"]
    tap.true(f"keyring {word}" in " ".join(daemon.letterlock("status").split()), word)
    return word


def test_nothing_secret_is_in_a_file(office):
    """An open keyring has the key and the password; the file beside it only says so"""
    tap.equal(keyring_line(office.daemon)["ok"], True, "doctor")
    tap.equal(len(office.keyring.items(purpose="spool-key")), 1, "keys in the keyring")
    tap.equal(len(office.keyring.items(purpose="upstream-password")), 1, "passwords")
    with open(os.path.join(office.daemon.state, "secrets"), encoding="ascii") as file:
        tap.true(all(line.split()[2] == "@keyring" for line in file), "a secret is in the file")


def test_locked_while_it_runs(office):
    """A letter while the keyring is locked: taken, waiting, the reason names it; it goes when it opens"""
    office.keyring.lock()
    office.write("locked")
    record = office.named("locked", "waiting")
    tap.true("keyring" in record["recipients"][0]["reason"], record)
    tap.equal(office.came("locked"), 0, "letters at the provider")
    tap.equal(keyring_line(office.daemon)["ok"], False, "doctor")
    tap.equal(status_word(office.daemon), "locked", "status")
    office.keyring.unlock()
    office.named("locked", "sent")
    tap.equal(status_word(office.daemon), "open", "status")
    tap.equal(office.came("locked"), 1, "letters at the provider")


def test_starts_locked(office):
    """A daemon that starts before the keyring opens: takes letters, keeps old ones, sends all then"""
    office.write("rests", "[hold] for later")
    rests = office.named("rests", "held")
    office.daemon.stop()
    office.keyring.lock()
    office.daemon.start()
    tap.equal(office.named("rests", "held")["id"], rests["id"], "the letter that rests")
    office.write("early")
    office.named("early", "waiting")
    office.daemon.letterlock("release", rests["id"], "--with", "open")
    record = office.named("rests", "waiting")
    tap.true("keyring" in record["recipients"][0]["reason"], record)
    office.keyring.unlock()
    office.named("early", "sent")
    office.named("rests", "sent")
    tap.equal((office.came("early"), office.came("rests")), (1, 1), "letters at the provider")


def test_no_account_while_locked(office):
    """A password that cannot be stored is said, and leaves no half account"""
    office.keyring.lock()
    done = office.daemon.try_letterlock(
        "account", "add", "--address", "eve@provider.lab", "--upstream", "mail.provider.lab:587",
        "--security", "starttls", "--auth", "password", "--password-stdin", text="secret\n",
    )  # fmt: skip
    tap.equal(done.returncode, 3, done.stderr)
    tap.true("keyring" in done.stderr and "locked" in done.stderr, done.stderr)
    tap.true("eve@" not in office.daemon.letterlock("account", "list"), "half an account")
    office.keyring.unlock()


def reported_lost(office, names):
    for name in names:
        record = office.named(name, "failed")
        tap.true("lost" in record["recipients"][0]["reason"], record)
        tap.true("lost" in office.daemon.letterlock("show", record["id"]), "show")
        tap.true(f"letter {record['id']} is lost" in office.daemon.log(), office.daemon.log()[-800:])


def test_key_is_gone(office):
    """The spool's key is deleted: every letter in the spool is reported lost by its id, also by mail"""
    names = [f"lost{i}" for i in range(3)]
    for name in names:
        office.write(name, "[hold] for later")
    office.daemon.stop()
    tap.equal(office.keyring.forget(purpose="spool-key"), 1, "keys that were deleted")
    office.daemon.start()
    reported_lost(office, names)
    office.write("after")
    office.named("after", "sent")
    for name in names:
        record = office.letter_named(name)
        wait_until(
            lambda: any(record["id"].encode() in x for x in office.provider.letters(office.world.sender)),
            f"a notice names the lost letter {record['id']}",
        )


def test_damaged(office):
    """A letter whose file is damaged is reported lost by its id, once, and nothing else suffers"""
    office.write("damaged", "[hold] for later")
    record = office.named("damaged", "held")
    office.daemon.stop()
    with open(os.path.join(office.daemon.state, "spool/letters", record["id"] + ".letter"), "r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"?" * 40)
    for _ in range(2):
        office.daemon.start()
        reported_lost(office, ["damaged"])
        office.daemon.stop()
    office.daemon.start()
    events = office.daemon.letterlock("show", "--json", record["id"])[0]["events"]
    tap.equal([x["event"] for x in events].count("lost"), 1, "reports")


def test_keyring_is_gone(office):
    """The keyring's file is gone: letters in the spool are reported lost, and the password is asked for"""
    office.write("gone", "[hold] for later")
    office.daemon.stop()
    office.keyring.begin_anew()
    office.daemon.start()
    reported_lost(office, ["gone"])
    office.write("next")
    record = office.named("next", "waiting")
    tap.true("no password is stored" in record["recipients"][0]["reason"], record)
    account = record["account"]
    office.daemon.letterlock("account", "edit", account, "--password-stdin", text=office.world.password)
    office.named("next", "sent")


def test_keyring_out_of_reach(office):
    """No session bus today: letters wait for the keyring, none is given up"""
    office.write("desktop", "[hold] for later")
    rests = office.named("desktop", "held")
    office.daemon.stop()
    office.daemon.environment["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
    office.daemon.start()
    office.daemon.letterlock("release", rests["id"], "--with", "open")
    office.named("desktop", "waiting")
    office.daemon.stop()
    office.daemon.environment["DBUS_SESSION_BUS_ADDRESS"] = office.bus.address
    office.daemon.start()
    office.named("desktop", "sent")
    tap.equal(office.came("desktop"), 1, "letters at the provider")


def test_without_a_session_bus(office):
    """Headless: the secrets rest in a file of the user's alone, and doctor says so plainly"""
    with office.world.daemon(name="headless", listen={"smtp": ["127.0.0.1:2587"], "smtps": []}) as daemon:
        daemon.add_account("anna@provider.lab", "mail.provider.lab:587", password=office.world.password)
        line = keyring_line(daemon)
        tap.equal(line["ok"], True, "doctor")
        tap.equal(status_word(daemon), "file", "status")
        tap.true("no Secret Service" in line["reason"] and "not encrypted" in line["reason"], line)
        mode = os.stat(os.path.join(daemon.state, "secrets")).st_mode
        tap.equal(stat.S_IMODE(mode), 0o600, "the mode of the file")


if __name__ == "__main__":
    tap.main(Desktop)
