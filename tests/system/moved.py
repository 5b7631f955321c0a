# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another computer (docs/backup.md): three folders, one of them the keyring's, are all that is needed."""

import os
import shutil

import clients
import tap
from daemon import Bus, Daemon
from keyring import Keyring
from locked import Desktop
from office import letter
from process import wait_until

TO = "bob@dane.lab"


class Moved(Desktop):
    """The first computer is off; what was saved there lies in @saved."""

    def __enter__(self):
        super().__enter__()
        self.daemon.letterlock("pause")
        self.write("waiting")
        self.daemon.stop()
        self.keyring.stop()
        self.saved = os.path.join(self.folder, "saved")
        shutil.copytree(self.daemon.state, os.path.join(self.saved, "state"))
        shutil.copytree(os.path.dirname(self.daemon.config_file), os.path.join(self.saved, "config"))
        shutil.copytree(os.path.join(self.keyring.folder, "keyrings"), os.path.join(self.saved, "keyrings"))
        return self


def computer(lab, keyrings):
    """A new one, with what was saved; with or without the keyring. (bus, keyring, daemon)"""
    folder = os.path.join(lab.folder, "second" if keyrings else "third")
    os.makedirs(folder)
    bus = Bus(folder).__enter__()
    if keyrings:
        shutil.copytree(os.path.join(lab.saved, "keyrings"), os.path.join(folder, "keyring", "keyrings"))
    keyring = Keyring(os.path.join(folder, "keyring"), bus).start(login=True)
    daemon = Daemon(folder, bus=bus.address)
    shutil.copytree(os.path.join(lab.saved, "state"), daemon.state)
    shutil.copytree(os.path.join(lab.saved, "config"), os.path.dirname(daemon.config_file), dirs_exist_ok=True)
    return bus, keyring, daemon.start()


def end(bus, keyring, daemon):
    daemon.stop()
    keyring.stop()
    bus.__exit__()


def test_without_the_keyring(lab):
    """Without the keyring the letter that waits cannot be read, and nothing claims that it can"""
    parts = computer(lab, keyrings=False)
    daemon = parts[-1]
    daemon.letterlock("resume")
    lost = daemon.wait_letter("waiting", "failed")
    tap.true("lost" in lost["recipients"][0]["reason"], lost)
    tap.equal(lab.came("waiting"), 0, "letters at the provider")
    end(*parts)


def test_with_the_keyring(lab):
    """With it the letter leaves once sending goes on, and mail programs need no new password"""
    parts = computer(lab, keyrings=True)
    daemon = parts[-1]
    tap.true(daemon.wait_letter("waiting", "waiting"), "the letter")
    tap.equal(lab.came("waiting"), 0, "sent before resume")
    daemon.letterlock("resume")
    wait_until(lambda: lab.came("waiting") == 1, "the letter comes")
    accepted, said = clients.python(
        lab.login, lab.world.sender, [TO], letter(TO, name="after"), tls="implicit"
    )
    tap.true(accepted, said)
    wait_until(lambda: lab.came("after") == 1, "the next one comes")
    end(*parts)


if __name__ == "__main__":
    tap.main(Moved)
