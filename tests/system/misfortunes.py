# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around a user: a broken configuration, no network, a resolver that lies, a
clock that is years off, a full disk. A clear word, nothing lost, nothing sent twice."""

import glob
import os
import shutil

import tap
from faults_dns import Forwarder
from namespace import Dropped
from office import Office, letter
from process import run, wait_until
from world import RESOLVER

LIAR = "127.0.0.57"


def send(office, name, recipient="bob@dane.lab", **more):
    return office.send(recipient, letter(recipient, name=name, **more))


def record(office, name):
    return wait_until(lambda: office.letter_named(name), f"{name} is known")


def wait(office, name, state):
    return wait_until(
        lambda: (x := record(office, name))["state"] == state and x, f"{name} is {state}"
    )


def arrived(office, name):
    return len(office.arrived(name))


def test_broken_config(office):
    """An unknown key: one sentence with the nearest one; a running daemon keeps what it had"""
    with open(office.daemon.config_file, encoding="utf-8") as file:
        good = file.read()
    with open(office.daemon.config_file, "a", encoding="utf-8") as file:
        file.write("[policy]\nmood=forced\n")
    checked = office.daemon.try_letterlock("config", "check")
    tap.true(checked.returncode != 0 and "mode" in checked.stderr, checked.stderr)
    office.daemon.program.child.send_signal(1)  # SIGHUP: read it again
    accepted, said = send(office, "badconfig")
    tap.true(accepted, said)
    office.daemon.stop()
    office.daemon.start(ready=False)
    tap.equal(office.daemon.program.child.wait(60), 2, "exit status with a broken configuration")
    tap.true("mood" in office.daemon.log() and "mode" in office.daemon.log(), office.daemon.log()[-400:])
    with open(office.daemon.config_file, "w", encoding="utf-8") as file:
        file.write(good)
    office.daemon.start()


def test_no_network(office):
    """No route to anybody: the letter is taken, waits, says so, and leaves by itself later"""
    office.daemon.restart()
    with Dropped(verdict="ip daddr != 127.0.0.1 reject"):
        accepted, said = send(office, "nonet")
        tap.true(accepted, said)
        found = record(office, "nonet")
        tap.true(found["state"] in ("waiting", "queued", "checking"), found["state"])
        tap.equal(arrived(office, "nonet"), 0, "letters at the provider")
    office.daemon.letterlock("retry", found["id"])
    wait(office, "nonet", "sent")
    wait_until(lambda: arrived(office, "nonet"), "the letter at the provider")


def test_lying_resolver(office):
    """A resolver that strips signatures: unknown by the network's fault, not a broken domain"""
    liar = Forwarder((RESOLVER, 53), LIAR, 53, strip=True)
    try:
        office.daemon.stop()
        rewrite(office, LIAR)
        office.daemon.start()
        accepted, said = send(office, "liar")
        tap.true(accepted, said)
        fate = office.fate("liar")
        tap.equal((fate["evidence"], fate["state"]), ("unknown", "sent"), fate["reason"])
        office.daemon.stop()
    finally:
        liar.stop()
    rewrite(office, RESOLVER)
    office.daemon.start()


def rewrite(office, resolver):
    with open(office.daemon.config_file, encoding="utf-8") as file:
        lines = file.read().splitlines(keepends=True)
    with open(office.daemon.config_file, "w", encoding="utf-8") as file:
        for line in lines:
            file.write(f"resolvers={resolver};\n" if line.startswith("resolvers") else line)


def test_clock(office):
    """Two years ahead: nothing is called broken, the provider's certificate is named, nothing leaves"""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise tap.Skip("libfaketime is not installed")
    office.daemon.stop()
    # the library itself: the program of this name would stay between us and the daemon
    faked = {"LD_PRELOAD": libraries[0], "FAKETIME": "+730d", "DONT_FAKE_MONOTONIC": "1"}
    office.daemon.environment.update(faked)
    office.daemon.start()
    accepted, said = send(office, "clock")
    tap.true(accepted, said)
    found = record(office, "clock")
    recipient = found["recipients"][0]
    tap.true(recipient["evidence"] != "broken", f"{recipient['evidence']}: {recipient['reason']}")
    tap.true(found["state"] in ("waiting", "held"), found["state"])
    tap.equal(arrived(office, "clock"), 0, "letters at the provider")
    office.daemon.stop()
    for name in faked:
        del office.daemon.environment[name]
    office.daemon.start()
    office.daemon.letterlock("drop", found["id"])


def test_full_disk(office):
    """No space: the mail program is told and keeps its letter; with space all goes on"""
    office.daemon.stop()
    shutil.rmtree(office.daemon.state + "/spool")
    os.makedirs(office.daemon.state + "/spool", mode=0o700)
    run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", office.daemon.state + "/spool"])
    filler = office.daemon.state + "/spool/filler"
    try:
        office.daemon.start()
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        accepted, said = send(office, "full", body="x" * 70 + "\r\n" * 3000)
        tap.true(not accepted and "4.3.1" in said and "space" in said, said)
        os.unlink(filler)
        accepted, said = send(office, "room")
        tap.true(accepted, said)
        wait_until(lambda: arrived(office, "room"), "the letter at the provider")
        tap.equal(arrived(office, "full"), 0, "letters at the provider")
    finally:
        office.daemon.stop()
        run(["umount", office.daemon.state + "/spool"])


if __name__ == "__main__":
    tap.main(Office)
