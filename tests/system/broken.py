# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gpg that is broken in a dozen ways: no way lets the letter out in clear, or to another's key.
The letter is kept and says why; and when gpg works again, it goes locked."""

import os
import shutil
import signal
import subprocess

import daemon
import tap
from broken_gpg import BrokenGpg
from keyed import Keyed
from office import letter
from process import wait_until

CANARY = "canary-7f3a-sings"


class Broken(Keyed):
    """An office with a gpg of ours before the real one, and programs of its own to take away."""

    def __init__(self, folder):
        self.binaries = os.path.join(folder, "binaries")
        os.makedirs(self.binaries)
        for name in ("letterlockd", "letterlock"):
            shutil.copy(daemon.binary(name), self.binaries)
        self.worker = os.path.join(self.binaries, "letterlock-worker")
        self.real_worker = daemon.binary("worker/letterlock-worker")
        shutil.copy(self.real_worker, self.worker)
        daemon.BINARIES = self.binaries
        self.gpg = BrokenGpg(os.path.join(folder, "broken"))
        super().__init__(folder, PATH=f"{self.gpg.path}:/usr/bin:/bin")

    def prepare(self):
        self.gnupg.generate("bob@plain.lab")
        self.gpg.note("other", self.gnupg.generate("mallory@evil.lab"))

    def submit(self, name, to="bob@plain.lab"):
        content = letter(to, name=name, body=f"{CANARY}\r\n" * 3000)
        accepted, said = self.office.send(to, content)
        tap.true(accepted, said)

    def seen(self):
        """Everything that came to the provider."""
        return self.office.provider.letters()

    def wait(self, name, state):
        return self.office.daemon.wait_letter(name, state)

    def no_song(self):
        tap.true(not any(CANARY.encode() in x for x in self.seen()), "the letter left in clear")

    def copies(self, letter_id):
        folder = os.path.join(self.office.daemon.state, "spool", "letters")
        return [x for x in os.listdir(folder) if x.startswith(letter_id + ".copy")]

    def workers(self):
        """The daemon's children."""
        done = subprocess.run(
            ["pgrep", "-P", str(self.office.daemon.program.child.pid), "letterlock-work"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return [int(x) for x in done.stdout.split()]

    def stays(self, name, *words):
        """Held, with a sentence, and nothing left; then gpg works again, and it goes locked."""
        record = self.wait(name, "held")
        reason = record["recipients"][0]["reason"]
        tap.true(all(word in reason for word in words), reason)
        tap.equal(self.arrived(name), [], "letters at the provider")
        tap.equal(self.copies(record["id"]), [], "copies in the spool")
        self.no_song()
        self.gpg.goes("well")
        self.office.daemon.letterlock("release", record["id"])
        self.goes_locked(name)

    def goes_locked(self, name):
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        (raw,) = self.arrived(name)
        inside = self.gnupg.decrypt(raw[raw.index(b"-----BEGIN PGP") :])
        tap.true(CANARY.encode() in inside, "the inside")
        tap.equal(len(self.gnupg.key_ids(raw)), 1, "keys")
        self.no_song()

    def breaks(self, mode, *words):
        self.gpg.goes(mode)
        self.submit(mode)
        record = self.wait(mode, "held")
        tap.true(mode in self.gpg.ran(), f"gpg was not broken: {self.gpg.ran()} {record}")
        self.stays(mode, *words)


def test_exits(lab):
    """gpg ends at once"""
    lab.breaks("exits", "ended before it was done", "status 2")


def test_crashes(lab):
    """gpg is killed in the middle of the letter"""
    lab.breaks("crashes", "was killed by signal 9")


def test_clear(lab):
    """gpg says that it is done, and wrote the letter itself"""
    lab.breaks("clear", "no locked letter")


def test_base64(lab):
    """gpg wrote the letter itself, as if it were armour"""
    lab.breaks("base64", "no locked letter")


def test_nothing(lab):
    """gpg says that it is done, and wrote nothing"""
    lab.breaks("nothing", "no whole locked letter")


def test_truncates(lab):
    """What gpg writes is cut off"""
    lab.breaks("truncates", "no whole locked letter")


def test_other(lab):
    """gpg locks for another key than asked"""
    lab.breaks("other", "a key that was not asked for")


def test_more(lab):
    """gpg locks for one more key than asked"""
    lab.breaks("more", "a key that was not asked for")


def test_gone(lab):
    """gpg is not there any more"""
    lab.breaks("gone", "ended before it was done")


def test_flood(lab):
    """gpg writes without end"""
    lab.breaks("flood", "no locked letter")


def test_endless(lab):
    """gpg begins well, and writes without end"""
    lab.breaks("endless", "no locked letter")


def test_noise(lab):
    """gpg complains without end: nobody listens, and the letter goes locked"""
    lab.gpg.goes("noise")
    lab.submit("noise")
    lab.goes_locked("noise")
    tap.equal(lab.gpg.ran(), ["noise"], "gpg was not broken")


def test_hangs(lab):
    """gpg hangs, and the worker is killed: held at once; others are not kept waiting"""
    lab.gpg.goes("hangs")
    lab.submit("hangs")
    wait_until(lab.gpg.ran, "gpg hangs")
    lab.submit("meanwhile", to="bob@dane.lab")
    wait_until(lambda: lab.arrived("meanwhile"), "another letter goes over TLS")
    for pid in lab.workers():
        os.kill(pid, signal.SIGKILL)
    record = lab.wait("hangs", "held")
    reason = record["recipients"][0]["reason"]
    tap.true("ended in the middle of its work" in reason, reason)
    tap.equal(lab.arrived("hangs"), [], "letters at the provider")
    lab.gpg.goes("well")
    lab.office.daemon.letterlock("release", record["id"])
    wait_until(lambda: lab.arrived("hangs"), "the letter arrives")


def test_hangs_at_the_end(lab):
    """gpg hangs, and the daemon is stopped: it ends, nothing is lost, and the letter goes later"""
    lab.gpg.goes("hangs")
    lab.submit("ends")
    wait_until(lab.gpg.ran, "gpg hangs")
    lab.office.daemon.stop()
    lab.gpg.goes("well")
    lab.office.daemon.start()
    wait_until(lambda: lab.arrived("ends"), "the letter arrives")
    tap.true(CANARY.encode() not in lab.arrived("ends")[0], "the letter left in clear")


def test_no_worker(lab):
    """letterlock-worker is missing: held, and says so"""
    lab.office.daemon.stop()
    os.rename(lab.worker, lab.worker + ".away")
    lab.office.daemon.start()
    lab.submit("workless")
    record = lab.wait("workless", "held")
    tap.true("Cannot start" in record["recipients"][0]["reason"], record)
    tap.equal(lab.arrived("workless"), [], "letters at the provider")
    os.rename(lab.worker + ".away", lab.worker)
    lab.office.daemon.restart()
    lab.office.daemon.letterlock("release", record["id"])
    wait_until(lambda: lab.arrived("workless"), "the letter arrives")
    tap.true(b"multipart/encrypted" in lab.arrived("workless")[0], "it is not locked")


def test_unsigned(lab):
    """gpg locks without the signature that was asked for: it is not recorded as signed"""
    lab.gnupg.generate("Anna <anna@provider.lab>")
    lab.gpg.goes("unsigned")
    lab.submit("unsigned")
    record = lab.wait("unsigned", "held")
    tap.true("did not sign" in record["recipients"][0]["reason"], record)
    tap.equal(lab.arrived("unsigned"), [], "letters at the provider")
    lab.gpg.goes("well")
    lab.office.daemon.letterlock("release", record["id"])
    wait_until(lambda: lab.arrived("unsigned"), "the letter arrives")
    tap.true(lab.office.fate("unsigned")["proof"]["lock"].get("signer"), "it is not signed")


def test_canary(lab):
    """The positive control: a letter that goes open over TLS is seen to sing"""
    lab.submit("sings", to="bob@dane.lab")
    wait_until(lambda: lab.arrived("sings"), "the letter arrives")
    tap.true(CANARY.encode() in lab.arrived("sings")[0], "nobody would notice a letter in clear")


if __name__ == "__main__":
    tap.main(Broken)
