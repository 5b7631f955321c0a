# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subjects are not kept; switched on, they are, and nobody but who opens the keyring reads them."""

import os
import sqlite3
import subprocess

import tap
from daemon import binary
from locked import TO, Desktop
from office import letter
from process import wait_until

SUBJECT = "Zwetschgenkuchen für Ada"
WORD = "Zwetschgenkuchen"  # made up, so that it is nowhere by chance


class Switched(Desktop):
    def switch(self, on):
        self.daemon.letterlock("config", "set", "record.subjects", "true" if on else "false")

    def write(self, name, subject=SUBJECT, tag=""):
        accepted, said = self.send(TO, letter(TO, tag + subject, name=name))
        tap.true(accepted, said)

    def shown(self, name):
        """What show and log say its subject is: the same."""
        listed = self.letter_named(name)
        (shown,) = self.daemon.letterlock("show", listed["id"], "--json")
        tap.equal(shown["subject"], listed["subject"], f"show and log of {name}")
        return shown["subject"]

    def comes(self, name, subject=SUBJECT):
        wait_until(lambda: self.letter_named(name)["subject"] == subject, f"the subject of {name}")
        tap.equal(self.shown(name), subject, name)

    def in_clear(self, text):
        """The files of the program that say it; and whether its log does."""
        files = subprocess.run(
            ["grep", "-rlaF", text, self.daemon.state, self.daemon.environment["XDG_CACHE_HOME"]],
            capture_output=True, text=True, check=False,
        ).stdout.split()  # fmt: skip
        return sorted({os.path.basename(x) for x in files} | ({"log"} if text in self.daemon.log() else set()))

    def rows(self):
        """What the ledger has of them."""
        with sqlite3.connect(os.path.join(self.daemon.state, "ledger.db")) as ledger:
            return [sealed for (sealed,) in ledger.execute("SELECT sealed FROM subjects")]

    def in_ledger(self, sealed):
        """Whether these bytes are anywhere in its files."""
        paths = [os.path.join(self.daemon.state, f"ledger.db{end}") for end in ("", "-wal")]
        return any(sealed in open(x, "rb").read() for x in paths if os.path.exists(x))


def test_not_kept(office):
    """Without the switch no letter has one"""
    office.write("before", tag="[hold] ")
    office.named("before", "held")
    tap.equal(office.shown("before"), None, "the subject")
    tap.equal(office.rows(), [], "what the ledger has")


def test_switched_on(office):
    """From then on they are shown, without the tag: by show, log, held, and not by what may be passed on"""
    office.switch(True)
    tap.equal(office.shown("before"), None, "of a letter from before")
    office.write("on", tag="[hold] ")
    id = office.named("on", "held")["id"]
    tap.equal(office.shown("on"), SUBJECT, "the subject")
    letterlock = office.daemon.letterlock
    tap.true(f"subject      {SUBJECT}\n" in letterlock("show", id), "show")
    tap.true(SUBJECT in [x["subject"] for x in letterlock("held", "--json")], "held")
    tap.equal(letterlock("explain", id, "--json")[0]["subject"], None, "explain")
    passed_on = [letterlock("explain", id), letterlock("log")]
    passed_on += [letterlock("report", "--format", x) for x in ("table", "csv", "json", "html")]
    tap.true(not any(WORD in x for x in passed_on), "it is passed on")


def test_nothing_in_clear(office):
    """No file of the program has it, nor its log; what is kept in clear is found in the same way"""
    tap.equal(len(office.rows()), 1, "what the ledger has")
    tap.equal(office.in_clear(WORD), [], "files with a subject")
    tap.true({"ledger.db", "ledger.db-wal"} & set(office.in_clear(TO)), "files with an address")


def test_no_address(office):
    """Who follows the letters of an address is not told of one whose subject has it"""
    with subprocess.Popen(
        [binary("letterlock"), "log", "--follow", "--json", "--to", TO],
        env=office.daemon.environment, stdout=subprocess.PIPE, text=True,
    ) as follower:  # fmt: skip
        try:
            tap.true(TO in follower.stdout.readline(), "a letter from before")
            other = "carl@dane.lab"
            office.send(other, letter(other, f"about {TO}", name="about"))
            office.named("about", "sent")
            office.write("told")
            office.named("told", "sent")
            for line in follower.stdout:
                tap.true("<about@" not in line, line)
                if "<told@" in line:
                    break
        finally:
            follower.terminate()


def test_locked_keyring(office):
    """Taken while the keyring is locked: kept all the same, shown when it opens"""
    before = len(office.rows())
    office.daemon.stop()
    office.keyring.lock()
    office.daemon.start()
    office.write("locked")
    office.named("locked", "waiting")
    tap.equal(office.shown("locked"), None, "while it is locked")
    tap.equal(office.shown("on"), None, "one from before, while it is locked")
    tap.equal(len(office.rows()), before + 1, "what the ledger has")
    tap.equal(office.in_clear(WORD), [], "files with a subject")
    office.keyring.unlock()
    office.comes("locked")
    office.comes("on")
    office.named("locked", "sent")
    office.comes("locked")


def test_from_the_spool(office):
    """A letter that came before the switch and is still here gets its own at the next start, or when it opens"""
    office.daemon.restart()
    office.comes("before")
    office.switch(False)
    office.daemon.stop()
    office.keyring.lock()
    office.daemon.start()
    office.switch(True)
    office.daemon.restart()
    tap.equal(office.rows(), [], "what the ledger has while it is locked")
    office.keyring.unlock()
    office.comes("before")
    office.comes("on")
    tap.equal(len(office.rows()), 2, "what the ledger has")


def test_switched_off(office):
    """Switched off, what was kept is gone from the files, and nothing comes any more"""
    sealed = office.rows()
    tap.true(sealed, "nothing was kept")
    kept = [office.in_ledger(x) for x in sealed]
    tap.true(all(kept), "where the ledger keeps them is not known")
    office.switch(False)
    tap.true(not any(office.in_ledger(x) for x in sealed), "one is still in the files")
    office.write("off")
    office.named("off", "sent")
    tap.equal([office.shown(x) for x in ("before", "on", "off")], [None] * 3, "subjects")
    office.switch(True)
    tap.equal(office.rows(), [], "what the ledger has")
    office.daemon.letterlock("config", "set", "record.subjects", "--default")


if __name__ == "__main__":
    tap.main(Switched)
