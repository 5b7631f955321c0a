# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Thunderbird that sent by itself, set up by `letterlock setup thunderbird` alone, and given
back by `letterlock undo`."""

import os
import shutil
import subprocess

import tap
from desktop import Screen
from gnupg import GnuPG
from process import wait_until
from provider import NAME, PASSWORD, USER
from thunderbird import Thunderbird
from world import World

BODY = "With the findings.\r\nGrüße aus der Praxis\r\n"
# Where a person's own words are: what setup may touch, and undo has to give back.
OURS = ("prefs.js", "logins.json", "cert9.db", "key4.db")


class Login:
    username, password = USER, PASSWORD


class Practice:
    """Anna sends with Thunderbird to her provider; Letterlock is installed, and knows nothing yet."""

    def __init__(self, folder):
        if not Thunderbird.is_there():
            raise tap.Skip("there is no Thunderbird")
        self.folder = folder
        self.world = World(folder)
        self.gnupg = GnuPG()
        self.screen = Screen(os.path.join(folder, "screen"))

    def __enter__(self):
        self.gnupg.generate("bob@plain.lab")
        self.world.__enter__()
        self.screen.__enter__()
        self.daemon = self.world.daemon(environment={"GNUPGHOME": self.gnupg.home}).start()
        self.untouched = os.path.join(self.folder, "untouched")
        self.attachment = os.path.join(self.folder, "findings.bin")
        with open(self.attachment, "wb") as file:
            file.write(bytes(range(256)) * 64)
        with self.thunderbird("first") as program:
            program.add_account(Login, USER, host=NAME, port=465)
            program.quit()
        shutil.copytree(program.profile, self.untouched, symlinks=True)
        return self

    def __exit__(self, *arguments):
        self.screen.__exit__()
        self.daemon.__exit__(*arguments)
        self.world.__exit__()
        self.gnupg.__exit__()

    def thunderbird(self, name):
        return Thunderbird(os.path.join(self.folder, name), display=self.screen.display)

    def profile(self, name):
        """A fresh copy of the profile as it was before Letterlock."""
        program = self.thunderbird(name)
        shutil.rmtree(program.profile)
        shutil.copytree(self.untouched, program.profile, symlinks=True)
        program.settle()
        program.identity = "id1"
        return program

    def set_up(self, program, *more, **how):
        return self.daemon.letterlock(
            "setup", "thunderbird", "--profile", program.profile, "--yes", *more, **how
        )


def contents(folder):
    found = {}
    for name in OURS:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            found[name] = (file.read(), os.stat(path).st_mode)
    return found


def test_back_byte_for_byte(lab):
    """undo gives back every byte when Thunderbird has not run since"""
    program = lab.profile("bytes")
    before = contents(program.profile)
    names = set(os.listdir(program.profile))
    said = lab.set_up(program)
    tap.true("Not covered" in said and PASSWORD not in said, said)
    after = contents(program.profile)
    for name in OURS:
        tap.true(before[name] != after[name], f"{name} was not changed")
    lab.daemon.letterlock("undo")
    tap.equal(contents(program.profile), before, "the profile")
    tap.equal(set(os.listdir(program.profile)), names, "its files")
    tap.equal(os.listdir(os.path.join(lab.daemon.state, "setup")), [], "what is kept")


def test_five_situations(lab):
    """Set up, it sends to To, Cc and Bcc"""
    program = lab.profile("sends")
    lab.set_up(program)
    with program:
        delivered(lab, program)


def arrived(lab, subject):
    return [x for x in lab.world.provider.letters() if subject.encode() in x]


def delivered(lab, program):
    said = program.send("to@dane.lab", "Delivered 1", BODY, lab.attachment, "cc@dane.lab", "bcc@dane.lab")
    tap.equal(said, "", "Thunderbird says")
    lab.daemon.wait_state("sent")
    tap.true(arrived(lab, "Delivered 1"), "the letter is there")


if __name__ == "__main__":
    tap.main(Practice)
