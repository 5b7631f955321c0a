# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The newcomer: nothing but the commands of the README, from the sources to a letter at a real
Postfix that stands for his provider; then the way out."""

import os
import re
import shutil
import subprocess

import tap
from daemon import SOURCE
from world import World

RECIPIENT = "bob@dane.lab"


def commands():
    """The shell lines between the newcomer marks of the README."""
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
        part = file.read().split("<!-- newcomer:")[1]
    return "\n".join(re.findall(r"```sh\n(.*?)```", part, re.S))


class Newcomer:
    def __init__(self, folder):
        self.world = World(folder)
        self.home = os.path.join(folder, "home")
        os.makedirs(os.path.join(self.home, "run"), mode=0o700)

    def __enter__(self):
        self.world.__enter__()
        # what is special about the practice world comes from its administrator
        os.makedirs("/etc/letterlock", exist_ok=True)
        shutil.copy(self.world.daemon("administrator").config_file, "/etc/letterlock/letterlock.conf")
        self.environment = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.home,
            "XDG_RUNTIME_DIR": os.path.join(self.home, "run"),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "ADDRESS": self.world.sender, "PROVIDER": self.world.provider.name,
            "PROVIDER_PASSWORD": self.world.password, "RECIPIENT": RECIPIENT,
        }  # fmt: skip
        return self

    def __exit__(self, *_):
        self.world.__exit__()

    def shell(self, script):
        return subprocess.run(
            ["bash", "-e", "-c", script], env=self.environment, cwd=SOURCE, timeout=500,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip


def test_newcomer(newcomer):
    """The README's commands take a letter to the provider"""
    # the one thing that a person does between two commands: wait until the daemon has started
    wait = "\nuntil letterlock status >/dev/null 2>&1; do kill -0 $!; sleep 0.1; done\n"
    script = commands().replace("letterlockd &\n", "letterlockd &" + wait)
    tap.true(wait in script, "the README does not start letterlockd")
    done = newcomer.shell(script + "\nkill $!\nwait $! || true\n")
    tap.equal(done.returncode, 0, f"status of the commands\n{done.stdout}{done.stderr}\n")
    arrived = newcomer.world.provider.wait_letters(RECIPIENT)[0]
    tap.true(b"It works." in arrived, arrived)
    tap.true(RECIPIENT in done.stdout, f"log does not show the letter:\n{done.stdout}")


def test_uninstall(newcomer):
    """packaging/uninstall removes all of the program and says what it leaves"""
    done = newcomer.shell("packaging/uninstall --purge")
    tap.equal(done.returncode, 0, f"status\n{done.stdout}{done.stderr}\n")
    left = [
        os.path.join(path, name)
        for path, _, files in os.walk(newcomer.home) for name in files
        if not path.startswith(os.path.join(newcomer.home, "run"))
    ]  # fmt: skip
    tap.equal(left, [], "files left in the home folder")


if __name__ == "__main__":
    tap.main(Newcomer)
