# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The newcomer: nothing but the commands of the README, from the sources to a letter at a real
Postfix that stands for his provider; the same under a systemd user session; then the way out."""

import contextlib
import os
import re
import shutil
import subprocess

import clients
import tap
from daemon import SOURCE
from office import letter
from process import run, wait_until
from session import UserManager
from world import World

RECIPIENT = "bob@dane.lab"
UNITS = ["letterlock.service", "letterlock.socket", "letterlock-tls.socket"]


# the one thing that a person does between two commands: wait until the daemon has started
READY = "until letterlock status >/dev/null 2>&1; do sleep 0.1; done\n"


def commands(page="README.md", mark="newcomer"):
    """The shell lines between the marks of a page."""
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        part = file.read().split(f"<!-- {mark}:")[1]
    return "\n".join(re.findall(r"```sh\n(.*?)```", part, re.S))


class Newcomer:
    def __init__(self, folder):
        # the service has a /tmp of its own: what it needs must stand elsewhere
        os.chmod(folder, 0o755)
        self.folder = "/srv"
        run(["mount", "--bind", folder, self.folder])
        self.world = World(self.folder)
        self.home = os.path.join(self.folder, "home")
        os.makedirs(os.path.join(self.home, "run"), mode=0o700)
        self.session = contextlib.ExitStack()
        self.manager = None

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
        self.session.close()
        self.world.__exit__()

    def shell(self, script):
        return subprocess.run(
            ["bash", "-e", "-c", script], env=self.environment, cwd=SOURCE, timeout=500,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
        )  # fmt: skip


def test_newcomer(newcomer):
    """The README's commands take a letter to the provider"""
    script = commands().replace("letterlockd &\n", "letterlockd &\n" + READY.replace("do ", "do kill -0 $!; "))
    tap.true("status" in script, "the README does not start letterlockd")
    uninstall = "if packaging/uninstall --purge; then exit 9; fi"
    done = newcomer.shell(f"{script}\n{uninstall}\nkill $!\nwait $! || true\n")
    tap.equal(done.returncode, 0, f"status of the commands\n{done.stdout}{done.stderr}\n")
    tap.true("Letterlock still runs" in done.stderr, done.stderr)
    newcomer.login = login_of(done.stdout)
    arrived = newcomer.world.provider.wait_letters(RECIPIENT)[0]
    tap.true(b"It works." in arrived, arrived)
    tap.true(RECIPIENT in done.stdout, f"log does not show the letter:\n{done.stdout}")


def login_of(text):
    """The user name and password that `account add` printed."""
    words = dict(re.findall(r"(?mi)^\s*(user name|password):?\s+(\S+)", text))
    words = {key.lower(): word for key, word in words.items()}
    return clients.Login(words["user name"], words["password"])


def answers(newcomer):
    return newcomer.shell("~/.local/bin/letterlock status").returncode == 0


def test_session(newcomer):
    """With a systemd user session: installed, it runs in its sandbox, and sockets start it"""
    newcomer.manager = newcomer.session.enter_context(
        UserManager(newcomer.folder, newcomer.environment)
    )
    systemctl, shown = newcomer.manager.systemctl, newcomer.manager.shown
    autostart = os.path.join(newcomer.home, ".config/autostart/org.letterlock.Tray.desktop")
    link = os.readlink(autostart)
    os.unlink(autostart)
    with open(autostart, "w", encoding="ascii") as file:
        file.write("[Desktop Entry]\nHidden=true\n")
    done = newcomer.shell("packaging/install")
    tap.equal(done.returncode, 0, f"status\n{done.stdout}{done.stderr}\n")
    tap.true(not os.path.islink(autostart), "who does not want the icon gets it back")
    os.unlink(autostart)
    os.symlink(link, autostart)
    tap.true("It runs now and at every login" in done.stdout, done.stdout)
    wait_until(lambda: answers(newcomer), "the service answers")
    for unit in UNITS:
        tap.equal(shown(unit, "UnitFileState"), "enabled", unit)
    systemctl("stop", "letterlock.service")
    tap.true(not answers(newcomer), "the service was stopped and answers")
    accepted, said = clients.swaks(
        newcomer.login, newcomer.world.sender, [RECIPIENT], letter(RECIPIENT, body="By socket.\r\n")
    )
    tap.true(accepted, said)
    arrived = newcomer.world.provider.wait_letters(RECIPIENT, 2)
    tap.true(any(b"By socket." in one for one in arrived), arrived)
    tap.equal(shown("letterlock.service", "ActiveState"), "active", "the service")
    systemctl("kill", "--signal=KILL", "letterlock.service")
    wait_until(lambda: shown("letterlock.service", "NRestarts") == "1", "it is started again")
    wait_until(lambda: answers(newcomer), "the service answers")


def test_units(newcomer):
    """systemd finds nothing wrong with the units, and the sandbox is a tight one"""
    units = [os.path.join(newcomer.home, ".local/share/systemd/user", unit) for unit in UNITS]
    analyze = ["systemd-analyze", "--user"]
    found = run(["sh", "-c", '"$@" 2>&1', "sh", *analyze, "verify", "--man=no", *units],
                env=newcomer.environment)  # fmt: skip
    tap.equal([line for line in found.splitlines() if "letterlock" in line], [], "complaints")
    tight = ["security", "--offline=true", "--threshold=30", units[0]]
    run([*analyze, *tight], env=newcomer.environment)


def by_hand(newcomer, mark):
    """Runs what the page about backups says, at home, as the user would."""
    start = "start letterlock.socket letterlock-tls.socket letterlock.service\n"
    script = commands("docs/backup.md", mark).replace(start, start + READY)
    done = newcomer.shell(f'set -o pipefail; cd; PATH="$HOME/.local/bin:$PATH"\n{script}')
    tap.equal(done.returncode, 0, f"status\n{done.stdout}{done.stderr}\n")
    return done.stdout


def send(newcomer, words):
    accepted, said = clients.swaks(
        newcomer.login, newcomer.world.sender, [RECIPIENT], letter(RECIPIENT, body=words + "\r\n")
    )
    tap.true(accepted, said)


def how_often(newcomer, words):
    return sum(words.encode() in x for x in newcomer.world.provider.letters(RECIPIENT))


def test_backup(newcomer):
    """The page about backups: a home that was lost comes back, paused, and nothing is sent twice"""
    if newcomer.manager is None:
        raise tap.Skip("there is no user manager")
    gnupg = os.path.join(newcomer.home, ".gnupg")
    os.makedirs(gnupg, mode=0o700, exist_ok=True)
    os.makedirs(os.path.join(newcomer.home, ".local/share/keyrings"), exist_ok=True)
    with open(os.path.join(gnupg, "passphrase"), "w", encoding="ascii") as file:
        file.write("what a person types")
    with open(os.path.join(gnupg, "gpg.conf"), "w", encoding="ascii") as file:
        file.write(f"batch\npinentry-mode loopback\npassphrase-file {gnupg}/passphrase\n")
    newcomer.shell("~/.local/bin/letterlock pause")
    send(newcomer, "Twice?")
    by_hand(newcomer, "backup")
    wait_until(lambda: how_often(newcomer, "Twice?") == 1, "it leaves when sending goes on")
    with open(os.path.join(newcomer.home, "letterlock-backup.gpg"), "rb") as file:
        tap.true(b"letterlock.conf" not in file.read(), "the backup is not encrypted")
    newcomer.manager.systemctl("stop", *UNITS)
    for folder in (".config/letterlock", ".local/state/letterlock"):
        shutil.rmtree(os.path.join(newcomer.home, folder))
    said = by_hand(newcomer, "restore")
    tap.true("paused" in newcomer.shell("~/.local/bin/letterlock status").stdout, "it is not paused")
    (waiting,) = re.findall(r"(?m)^([0-9a-f]{4,})\b", said)
    newcomer.shell(f"~/.local/bin/letterlock drop {waiting}")
    by_hand(newcomer, "resume")
    send(newcomer, "And on it goes.")
    wait_until(lambda: how_often(newcomer, "And on it goes.") == 1, "the next letter comes")
    tap.equal(how_often(newcomer, "Twice?"), 1, "how often the letter of the backup was sent")
    gpg = ["gpgconf", "--homedir", gnupg, "--kill", "all"]
    run(gpg)
    wait_until(lambda: is_removed(gnupg), "the agent is gone, and its folder")
    os.remove(os.path.join(newcomer.home, "letterlock-backup.gpg"))


def is_removed(folder):
    """Its agent may still be taking its sockets away."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    return not os.path.exists(folder)


def test_uninstall(newcomer):
    """packaging/uninstall removes all of the program and says what it leaves; not while a mail program
    still sends through it"""
    kept = os.path.join(newcomer.home, ".local/state/letterlock/setup/thunderbird-1")
    os.makedirs(kept)
    with open(os.path.join(kept, "record"), "w", encoding="ascii") as file:
        file.write("[setup]\nclient=thunderbird\n")
    done = newcomer.shell("packaging/uninstall --purge")
    tap.true(done.returncode == 1 and "letterlock undo" in done.stderr, done.stderr)
    shutil.rmtree(kept)
    done = newcomer.shell("packaging/uninstall --purge")
    tap.equal(done.returncode, 0, f"status\n{done.stdout}{done.stderr}\n")
    left = [
        os.path.join(path, name)
        for path, _, files in os.walk(newcomer.home) for name in files
        # gpg makes its own folder when it is first asked for a key
        if not path.startswith(tuple(os.path.join(newcomer.home, x) for x in ("run", ".gnupg")))
    ]  # fmt: skip
    tap.equal(left, [], "files left in the home folder")
    if newcomer.manager:
        units = newcomer.manager.systemctl("list-units", "--all", "--plain", "--no-legend", "letterlock*")
        tap.equal(units.strip(), "", "units left in the session")


if __name__ == "__main__":
    tap.main(Newcomer)
