# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who sends with a real Thunderbird to her provider; Letterlock is installed, and knows
nothing yet."""

import os
import shutil
import subprocess

import tap
from desktop import Screen
from gnupg import GnuPG
from provider import NAME, PASSWORD, USER
from thunderbird import Thunderbird
from world import World

# Her colleagues' mailbox at the same provider, and further addresses of her own and of theirs.
LAB, LAB_PASSWORD = "lab@provider.lab", "staple of the lab"
TEAM, RESULTS = "team@provider.lab", "results@provider.lab"
BODY = "With the findings.\r\nGrüße aus der Praxis\r\n"
# Where a person's own words are: what setup may touch, and undo has to give back.
OURS = ("prefs.js", "logins.json", "cert9.db", "key4.db")


class Login:
    username, password = USER, PASSWORD


class LabLogin:
    username, password = LAB, LAB_PASSWORD


class Practice:
    """Anna sends with Thunderbird to her provider; Letterlock is installed, and knows nothing yet."""

    def __init__(self, folder):
        if not Thunderbird.is_there():
            raise tap.Skip("there is no Thunderbird")
        self.folder = folder
        self.world = World(folder, users={USER: PASSWORD, LAB: LAB_PASSWORD})
        self.gnupg = GnuPG()
        self.screen = Screen(os.path.join(folder, "screen"))

    def __enter__(self):
        for name in ("to", "cc", "bcc"):
            self.gnupg.generate(f"{name}@plain.lab")
        self.world.__enter__()
        self.screen.__enter__()
        self.daemon = self.world.daemon(environment={"GNUPGHOME": self.gnupg.home}).start()
        self.untouched = os.path.join(self.folder, "untouched")
        self.attachment = os.path.join(self.folder, "findings.bin")
        with open(self.attachment, "wb") as file:
            file.write(bytes(range(256)) * 64)
        first = self.thunderbird("first")
        first.trust(self.world.ca.file)
        with first as program:
            program.add_account(Login, USER, host=NAME, port=465)
            program.quit()
        # the lock that it leaves behind names a process that is gone
        shutil.copytree(first.profile, self.untouched, symlinks=True)
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

    def small(self, name):
        """Those of its files alone that setup looks at, in a new folder."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        for file in (*OURS, ".parentlock", "pkcs11.txt"):
            shutil.copy2(os.path.join(self.untouched, file), folder)
        return folder

    def set_up(self, folder, *more, **how):
        return self.daemon.letterlock(*self.words(folder), *more, **how)

    def words(self, folder):
        return ["setup", "thunderbird", "--profile", folder, "--yes"]

    def undo(self):
        """What it says. Letters that wait are another test's business."""
        done = self.daemon.try_letterlock("undo")
        tap.true("running" not in done.stderr, done.stderr)
        return done.stdout

    def kept(self):
        """What undo would look at."""
        folder = os.path.join(self.daemon.state, "setup")
        return os.listdir(folder) if os.path.exists(folder) else []

    def secrets(self):
        """What for there are secrets."""
        path = os.path.join(self.daemon.state, "secrets")
        with open(path, encoding="ascii") as file:
            return [line.split(" ")[0] for line in file]

    def forget_accounts(self):
        for account in self.daemon.letterlock("account", "list", "--json"):
            self.daemon.letterlock("account", "remove", account["account"], "--force")


def at_home(program, home):
    """A copy of its profile where Thunderbird itself would have put it; the folder."""
    place = os.path.join(home, ".thunderbird")
    profile = os.path.join(place, "x7.default")
    shutil.copytree(program.profile, profile, symlinks=True)
    with open(os.path.join(place, "profiles.ini"), "w", encoding="ascii") as file:
        file.write("[Profile0]\nName=default\nIsRelative=1\nPath=x7.default\nDefault=1\n")
    return profile


def contents(folder):
    found = {}
    for name in OURS:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            found[name] = (file.read(), os.stat(path).st_mode)
    return found


def edit(folder, name, old, new):
    path = os.path.join(folder, name)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    tap.true(old in text, f"{name} has no {old}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def trusted(folder):
    done = subprocess.run(
        ["certutil", "-L", "-d", "sql:" + folder], capture_output=True, text=True, check=True
    )
    return done.stdout


# -- what it sends ------------------------------------------------------------------------------------


def arrived(lab, subject):
    return [x for x in lab.world.provider.letters() if f"Subject: {subject}".encode() in x]


def record(lab, recipient):
    """The letter that has this recipient, by whom it is known alone."""
    found = [x for x in lab.daemon.letters() if recipient in [r["address"] for r in x["recipients"]]]
    return found[-1] if found else None


def send(lab, program, subject, domain, who="to,cc,bcc"):
    to, cc, bcc = (x if "@" in x else f"{x}@{domain}" for x in who.split(","))
    return program.send(to, subject, BODY, lab.attachment, cc, bcc), record(lab, to)
