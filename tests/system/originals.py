# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was sent locked stays readable for who sent it, and for nobody else."""

import datetime
import os
import stat
import subprocess
import threading

import tap
from daemon import binary
from locked import Desktop
from locks import Locked
from office import letter
from process import wait_until

SECRET = "The blood count is fine"
LARGE = f"{SECRET}\r\n" * 20000  # not for the log: it has a file until it is done


class Kept(Locked):
    """Anna has keys of her correspondents, and a keyring of her own that opens what is kept."""

    def __init__(self, folder):
        super().__init__(folder, Desktop)

    def write(self, name, to="bob@plain.lab", subject="Results", body=f"{SECRET}.\r\n", **options):
        """Sends it; its id, and the bytes that the mail program wrote."""
        content = letter(to, subject, name=name, body=body, **options)
        accepted, said = self.office.send(to, content)
        tap.true(accepted, said)
        return self.office.named(name, "sent")["id"], content

    def original(self, id, *more, status=0):
        """What `show --original` prints, and what it complains."""
        done = subprocess.run(
            [binary("letterlock"), "show", id, "--original", *more],
            env=self.office.daemon.environment, cwd=self.office.daemon.folder,
            capture_output=True, check=False,
        )  # fmt: skip
        tap.equal(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr.decode()

    def kept(self):
        folder = os.path.join(self.office.daemon.state, "spool", "originals")
        return sorted(x.removesuffix(".letter") for x in os.listdir(folder))

    def gone_from_spool(self, id):
        path = os.path.join(self.office.daemon.state, "spool", "letters", f"{id}.letter")
        wait_until(lambda: not os.path.exists(path), "the letter is done")

    def wait_kept(self, id):
        wait_until(lambda: id in self.kept(), "it is kept")
        self.gone_from_spool(id)


def test_readable(lab):
    """A letter that left locked: its own bytes come back, at once, when it is done, and later"""
    for name, body in (("small", f"{SECRET}.\r\n.\r\n"), ("large", LARGE)):
        id, content = lab.write(name, body=body)
        tap.true(lab.original(id) == content, f"{name}: at once")
        lab.wait_kept(id)
        tap.true(lab.original(id) == content, f"{name}: when it is done")
        lab.office.daemon.restart()
        tap.true(lab.original(id) == content, f"{name}: after a restart")
        (shown,) = lab.office.daemon.letterlock("show", id, "--json")
        tap.true(shown["original_until"] > shown["time"], shown)
        words = lab.office.daemon.letterlock("show", id)
        tap.true(f"kept until {shown['original_until'][:10]}" in words, words)


def test_no_longer_than_the_record(lab):
    """What the record has forgotten is found by nobody, so it is not kept either"""
    id, _ = lab.write("short")
    lab.wait_kept(id)
    letterlock = lab.office.daemon.letterlock
    letterlock("config", "set", "record.retention", "10d")
    (shown,) = letterlock("show", id, "--json")
    letterlock("config", "set", "record.retention", "--default")
    end, begin = (datetime.datetime.fromisoformat(shown[x]) for x in ("original_until", "time"))
    tap.equal((end - begin).days, 10, f"days until {end}")


def test_into_a_file(lab):
    """Into a new file of the user's alone; none is written over"""
    id, content = lab.write("filed")
    path = os.path.join(lab.office.daemon.folder, "sent.eml")
    lab.original(id, "--output", path)
    with open(path, "rb") as file:
        tap.true(file.read() == content, "another letter is in the file")
    tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
    tap.true("exists" in lab.original(id, "--output", path, status=3), "it was written over")


def test_sealed(lab):
    """Nothing of it can be read in the files of the program, nor in its log"""
    id, _ = lab.write("sealed")
    lab.wait_kept(id)
    found = subprocess.run(
        ["grep", "-rlaF", SECRET, lab.office.daemon.state], capture_output=True, text=True, check=False
    ).stdout
    tap.equal(found, "", "files with its text")
    tap.true(SECRET not in lab.office.daemon.log(), "its text is in the log")


def test_only_what_was_locked(lab):
    """A letter that went over TLS is not kept, nor one that you dropped before it left"""
    kept = lab.kept()
    id, _ = lab.write("tls", to="bob@dane.lab", body=LARGE)
    lab.gone_from_spool(id)
    tap.true("left locked" in lab.original(id, status=1), "the sentence")
    (shown,) = lab.office.daemon.letterlock("show", id, "--json")
    tap.equal(shown["original_until"], None, "kept until")
    accepted, said = lab.office.send("bob@plain.lab", letter("bob@plain.lab", "[hold] x", name="dropped"))
    tap.true(accepted, said)
    dropped = lab.office.named("dropped", "held")["id"]
    lab.office.daemon.letterlock("drop", dropped)
    lab.gone_from_spool(dropped)
    tap.equal(lab.kept(), kept, "what is kept")


def test_keyring_is_locked(lab):
    """While the keyring is locked it is kept all the same, and a sentence says why it cannot be read"""
    id, content = lab.write("keyring")
    lab.wait_kept(id)
    lab.office.daemon.stop()
    lab.office.keyring.lock()
    lab.office.daemon.start()
    tap.true("keyring" in lab.original(id, status=3), "the sentence")
    done = lab.office.daemon.try_letterlock("log", "--search", "results")
    tap.equal((done.returncode, "keyring" in done.stderr), (3, True), done.stderr)
    lab.office.keyring.unlock()
    wait_until(lambda: lab.office.daemon.try_letterlock("show", id, "--original").returncode == 0, "it opens")
    tap.true(lab.original(id) == content, "it changed")


def killed(lab, name, now):
    """A locked letter, and the daemon killed as soon as @now(kept before) says so."""
    daemon, before = lab.office.daemon, lab.kept()
    content = letter("bob@plain.lab", "Results", name=name, body=LARGE if "large" in name else f"{SECRET}.\r\n")
    sender = threading.Thread(target=lab.office.send, args=("bob@plain.lab", content))
    sender.start()
    while not now(before):
        tap.true(daemon.program.alive(), "it ended")
    daemon.kill()
    sender.join()
    daemon.start()
    record = daemon.wait_letter(name, "sent", "uncertain")
    tap.true(lab.original(record["id"]) == content, f"{name}: it cannot be read")
    return record


def test_killed(lab):
    """Killed as soon as the provider has it, or as it is being kept: it is readable afterwards"""
    for size in ("small", "large"):
        name = f"at-the-provider-{size}"
        killed(lab, name, lambda before, name=name: lab.arrived(name))
        for n in range(3):
            record = killed(lab, f"being-kept-{size}-{n}", lambda before: lab.kept() != before)
            tap.equal(record["state"], "sent", "state")
            lab.gone_from_spool(record["id"])
            tap.true(record["id"] in lab.kept(), "it is not kept")


def found(lab, *words):
    return {x["message_id"] for x in lab.office.daemon.letterlock("log", "--json", "--search", *words)}


def test_search(lab):
    """Found by what was written: subject, address, words of the text, and among others by date"""
    one, _ = lab.write("needle", subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=", body="Der Befund: alles\r\n gut.\r\n")
    two, _ = lab.write(
        "coded", to="eve@plain.lab", body="VGhlIGZpbmRpbmc6IGFsbCBpcyB3ZWxs\r\n",
        more="MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n",
    )  # fmt: skip
    for id in (one, two):
        lab.wait_kept(id)
    needle, coded = "<needle@provider.lab>", "<coded@provider.lab>"
    tap.equal(found(lab, "GRÜSSE"), {needle}, "subject")
    tap.equal(found(lab, "befund: alles gut"), {needle}, "text")
    tap.equal(found(lab, "finding: all"), {coded}, "encoded text")
    tap.equal(found(lab, "eve@plain.lab"), {coded}, "address")
    tap.equal(found(lab, "befund", "--until", "2020-01-01"), set(), "by date")
    tap.equal(found(lab, "befund", "--to", "bob@"), {needle}, "by address")
    tap.equal(found(lab, "befund", "--to", "eve@"), set(), "by another address")
    tap.equal(found(lab, "befund", "--state", "held"), set(), "by state")
    tap.equal(found(lab, "no such words"), set(), "nothing")
    tap.equal(len(found(lab, "plain.lab", "--limit", "1")), 1, "limit")
    tap.true("befund" not in lab.office.daemon.log().lower(), "what was looked for is in the log")
    tap.equal(lab.office.daemon.try_letterlock("log", "--search", "").returncode, 2, "nothing to look for")


def test_way_out(lab):
    """undo names what only Letterlock can read, and writes it out"""
    id, content = lab.write("exported")
    lab.wait_kept(id)
    tap.true("only Letterlock can read" in lab.office.daemon.letterlock("undo"), "undo")
    folder = os.path.join(lab.office.daemon.folder, "out")
    lab.office.daemon.letterlock("undo", "--export", folder)
    with open(os.path.join(folder, f"{id}-original.eml"), "rb") as file:
        tap.true(file.read() == content, "another letter was written")


def test_time_is_over(lab):
    """What is older than [record] originals says goes at the next look; none: all, and no more"""
    old, _ = lab.write("old")
    new, _ = lab.write("new")
    for id in (old, new):
        lab.wait_kept(id)
    path = os.path.join(lab.office.daemon.state, "spool", "originals", f"{old}.letter")
    os.utime(path, (1700000000, 1700000000))
    lab.office.daemon.restart()
    wait_until(lambda: old not in lab.kept(), "the old one goes")
    tap.true(new in lab.kept(), "a new one went, too")
    tap.true("kept" in lab.original(old, status=1), "the sentence")
    lab.office.daemon.letterlock("config", "set", "record.originals", "none")
    wait_until(lambda: lab.kept() == [], "all are gone")
    id, _ = lab.write("unkept", body=LARGE)
    lab.gone_from_spool(id)
    tap.equal(lab.kept(), [], "what is kept")


if __name__ == "__main__":
    tap.main(Kept)
