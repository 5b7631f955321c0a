# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""GnuPG that does not do its work: the letter stays here, says why, and never goes open in place of
locked. Each case ends with its own positive control: the engine works again, and the letter goes."""

import os
import stat
import subprocess

import tap
from keyed import Keyed
from office import letter
from process import wait_until

PASSPHRASE = "correct horse"

# Answers what gpg-agent asks of a pinentry, or ends at once.
PINENTRY = """#!/bin/bash
echo asked >>"$0.log"
[ -e "$0.hangs" ] && exec sleep 300 # longer than anybody waits, and gone before the run ends
echo "OK ready"
while read -r line; do
  case $line in
    GETPIN*) [ -e "$0.no" ] && echo "ERR 83886179 cancelled" || {{ echo "D {passphrase}"; echo OK; }} ;;
    BYE*) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
"""

# What the user's systemd would do, where there is none: it runs a command away from who asks.
SYSTEMD_RUN = """#!/bin/bash
echo "$*" >>"$0.log"
[ -e "$0.on" ] || exit 1
while [ $# -gt 0 ]; do
  case $1 in
    --setenv=*) export "${1#--setenv=}" ;;
    -*) ;;
    *) exec setsid "$@" </dev/null >/dev/null 2>&1 3>&- ;;
  esac
  shift
done
"""


def program(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, stat.S_IRWXU)


class Broken(Keyed):
    """An office whose daemon has Anna's keyring, with Bob's key in it and a key of her own that asks
    for a passphrase."""

    def __init__(self, folder):
        programs = os.path.join(folder, "bin")
        super().__init__(folder, PATH=f"{programs}:/usr/bin:/bin")
        self.systemd_run = os.path.join(programs, "systemd-run")

    def prepare(self):
        os.makedirs(os.path.dirname(self.systemd_run))
        program(self.systemd_run, SYSTEMD_RUN)
        self.pinentry = os.path.join(self.gnupg.home, "pinentry")
        program(self.pinentry, PINENTRY.format(passphrase=PASSPHRASE))
        self.write("gpg-agent.conf", f"pinentry-program {self.pinentry}\n")
        self.gnupg.generate("bob@plain.lab")

    def write(self, name, text):
        with open(os.path.join(self.gnupg.home, name), "w", encoding="utf-8") as file:
            file.write(text)

    def asked(self):
        """How often somebody was asked for a passphrase."""
        try:
            with open(self.pinentry + ".log", encoding="utf-8") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0

    def submit(self, name):
        accepted, said = self.office.send("bob@plain.lab", letter("bob@plain.lab", name=name))
        tap.true(accepted, said)

    def wait(self, name, state):
        return self.office.daemon.wait_letter(name, state)

    def stays(self, name, state, *words):
        """The record of a letter that does not leave, and says why."""
        record = self.wait(name, state)
        tap.equal(self.arrived(name), [], "letters at the provider")
        reason = record["recipients"][0]["reason"]
        tap.true(all(word in reason for word in words), reason)
        return record

    def goes_locked(self, name):
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        (raw,) = self.arrived(name)
        tap.true(b"multipart/encrypted" in raw and b"Dear Bob" not in raw, raw)


def test_keyring(lab):
    """A keyring of garbage: held, and the letter is not lost"""
    ring = os.path.join(lab.gnupg.home, "pubring.kbx")
    with open(ring, "rb") as file:
        good = file.read()
    with open(ring, "wb") as file:
        file.write(b"garbage" * 1000)
    lab.office.daemon.try_letterlock("key", "list", "bob@plain.lab")
    lab.submit("keyring")
    record = lab.stays("keyring", "held")
    with open(ring, "wb") as file:
        file.write(good)
    lab.office.daemon.letterlock("key", "list", "bob@plain.lab")
    lab.office.daemon.letterlock("release", record["id"])
    lab.goes_locked("keyring")


def test_no_agent(lab):
    """No gpg-agent, and no key that could be the sender's: locked, without a signature"""
    subprocess.run(["gpgconf", "--kill", "all"], env=lab.gnupg.environment, check=True)
    lab.submit("agentless")
    lab.goes_locked("agentless")
    lock = lab.office.fate("agentless")["proof"]["lock"]
    tap.true("signer" not in lock, lock)


def test_habits(lab):
    """What a user's gpg.conf asks for, armour and hidden keys, does not keep a letter here"""
    lab.write("gpg.conf", "armor\nthrow-keyids\ncomment made: here\nemit-version\noutput nowhere\nencrypt-to 0x1234\n")
    try:
        lab.submit("habits")
        lab.goes_locked("habits")
    finally:
        os.unlink(os.path.join(lab.gnupg.home, "gpg.conf"))
    (raw,) = lab.arrived("habits")
    tap.equal(raw.count(b"-----BEGIN PGP MESSAGE-----"), 1, "armours")
    inside = lab.gnupg.decrypt(raw[raw.index(b"-----BEGIN PGP") :])
    tap.true(b"Dear Bob" in inside, inside)


def test_passphrase(lab):
    """A key that asks for its passphrase: waiting, nobody is asked until he says retry"""
    open(lab.pinentry + ".no", "w", encoding="utf-8").close()
    lab.gnupg.generate("Anna <anna@provider.lab>", passphrase=PASSPHRASE)
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=lab.gnupg.environment, check=True)
    subprocess.run(["gpgconf", "--launch", "gpg-agent"], env=lab.gnupg.environment, check=True)
    lab.submit("passphrase")
    record = lab.stays("passphrase", "waiting", "your key", "letterlock retry")
    tap.equal(lab.asked(), 0, "times that somebody was asked")
    os.unlink(lab.pinentry + ".no")
    lab.office.daemon.letterlock("retry", record["id"])
    lab.goes_locked("passphrase")
    tap.equal(lab.asked(), 1, "times that somebody was asked")
    tap.true(lab.office.fate("passphrase")["proof"]["lock"].get("signer"), "it is not signed")


def test_no_agent_for_a_key(lab):
    """No gpg-agent, which alone can use the sender's key: waiting, and it goes signed once it runs"""
    subprocess.run(["gpgconf", "--kill", "all"], env=lab.gnupg.environment, check=True)
    lab.submit("unattended")
    record = lab.stays("unattended", "waiting", "your key", "gpg-agent is not running")
    lab.office.try_again("unattended")
    events = lab.office.daemon.letterlock("show", "--json", record["id"])[0]["events"]
    tap.equal([x["event"] for x in events].count("waiting"), 1, "times that it is told")
    subprocess.run(["gpgconf", "--launch", "gpg-agent"], env=lab.gnupg.environment, check=True)
    lab.office.daemon.letterlock("retry", record["id"])  # which asks for the passphrase
    lab.goes_locked("unattended")
    tap.true(lab.office.fate("unattended")["proof"]["lock"].get("signer"), "it is not signed")


def test_pinentry_hangs(lab):
    """A dialog that nobody answers: other letters go, and the letter is there after the next start"""
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=lab.gnupg.environment, check=True)
    subprocess.run(["gpgconf", "--launch", "gpg-agent"], env=lab.gnupg.environment, check=True)
    before = lab.asked()
    open(lab.pinentry + ".hangs", "w", encoding="utf-8").close()
    lab.submit("dialog")
    record = lab.stays("dialog", "waiting", "your key", "letterlock retry")
    lab.office.daemon.letterlock("retry", record["id"])
    wait_until(lambda: lab.asked() > before, "somebody is asked")
    accepted, said = lab.office.send("bob@dane.lab", letter("bob@dane.lab", name="meanwhile"))
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("meanwhile"), "another letter goes")
    lab.office.daemon.stop()
    os.unlink(lab.pinentry + ".hangs")
    subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=lab.gnupg.environment, check=True)
    subprocess.run(["gpgconf", "--launch", "gpg-agent"], env=lab.gnupg.environment, check=True)
    lab.office.daemon.start()
    record = lab.stays("dialog", "waiting", "your key", "letterlock retry")
    lab.office.daemon.letterlock("retry", record["id"])
    lab.goes_locked("dialog")


def test_agent_is_started(lab):
    """No gpg-agent, but a systemd of the user's: it is started there, and never as a child of ours"""
    subprocess.run(["gpgconf", "--kill", "all"], env=lab.gnupg.environment, check=True)
    open(lab.systemd_run + ".on", "w", encoding="utf-8").close()
    lab.submit("started")
    record = lab.stays("started", "waiting", "your key")  # it runs: the key asks for its passphrase
    with open(lab.systemd_run + ".log", encoding="utf-8") as file:
        last = file.readlines()[-1]
    tap.true("--user" in last and "Type=forking" in last, last)
    tap.true(f"--setenv=GNUPGHOME={lab.gnupg.home}" in last, last)
    lab.office.daemon.letterlock("retry", record["id"])
    lab.goes_locked("started")
    tap.true(lab.office.fate("started")["proof"]["lock"].get("signer"), "it is not signed")


if __name__ == "__main__":
    tap.main(Broken)
