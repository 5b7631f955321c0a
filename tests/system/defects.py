# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that cannot be used: each has its own sentence, none lets a letter go open, and the next
lock is tried. Made by gpg, with its clock set where that is needed."""

import os

import tap
from gnupg import GnuPG
from locks import BODY, Locked, opened
from office import letter
from process import wait_until

PLAIN = ("--pinentry-mode", "loopback", "--passphrase", "")
PAST, FUTURE = "--faked-system-time=20200101T000000!", "--faked-system-time=20400101T000000!"


def primary(ring, address, *clock, expires="never"):
    ring.run(*clock, *PLAIN, "--quick-gen-key", address, "ed25519", "sign", expires)
    return ring.fingerprint(address)


def with_subkey(ring, address, kind, *clock, expires="never"):
    fingerprint = primary(ring, address, *clock, expires=expires)
    ring.run(*clock, *PLAIN, "--quick-add-key", fingerprint, kind, "encr", expires)
    return fingerprint


def revoked(ring, address):
    fingerprint = with_subkey(ring, address, "cv25519")
    with open(os.path.join(ring.home, "openpgp-revocs.d", fingerprint + ".rev"), encoding="utf-8") as file:
        ring.import_(file.read().replace(":-----BEGIN", "-----BEGIN").encode())


def disabled(ring, address):
    fingerprint = with_subkey(ring, address, "cv25519")
    ring.run("--command-fd", "0", "--edit-key", fingerprint, input=b"disable\nquit\n")


def left(ring, address):
    """Its owner has another address now."""
    fingerprint = with_subkey(ring, address, "cv25519")
    ring.run(*PLAIN, "--quick-add-uid", fingerprint, "new@plain.lab")
    ring.run(*PLAIN, "--quick-revoke-uid", fingerprint, address)


DEFECTS = {
    "expired": (lambda r, a: with_subkey(r, a, "cv25519", PAST, expires="1y"), "expired on 2020-12-31"),
    "future": (lambda r, a: with_subkey(r, a, "cv25519", FUTURE), "is valid only from 2040-01-01"),
    "revoked": (revoked, "was revoked by its owner"),
    "disabled": (disabled, "is disabled in your keyring"),
    "signs": (primary, "can sign but not encrypt"),
    "weak": (lambda r, a: with_subkey(r, a, "rsa1024"), "is too weak (rsa1024)"),
    "left": (left, "does not name this address"),
}  # fmt: skip



class Defects(Locked):
    def __enter__(self):
        for name, (make, _) in DEFECTS.items():
            # gpg's own idea of "now" must not be that of the key
            make(self.gnupg, f"{name}@plain.lab")
        return super().__enter__()

    def settle(self, name, to):
        accepted, said = self.office.send(to, letter(to, name=name, body=BODY))
        tap.true(accepted, said)
        record = self.office.daemon.wait_letters(
            lambda letters: next((x for x in letters if x["message_id"] == f"<{name}@provider.lab>"
                                  and x["state"] in ("sent", "held")), None),
            f"{name} is settled",
        )  # fmt: skip
        return record, self.office.fate(name)


def test_each(lab):
    """Every defect has its own sentence, in the record, in explain and in key list"""
    letterlock = lab.office.daemon.letterlock
    for name, (_, said) in DEFECTS.items():
        address = f"{name}@plain.lab"
        record, fate = lab.settle(name, address)
        tap.equal((fate["state"], fate["method"], fate["offers"]), ("held", None, []), fate)
        tap.true(f"its PGP key {said}" in fate["reason"], f"{name}: {fate['reason']}")
        tap.true(said in " ".join(letterlock("explain", record["id"]).split()), f"{name}: explain")
        (key,) = letterlock("key", "list", address, "--json")
        tap.equal((key["use"], said in key["reason"]), ("no", True), key)
        (seen,) = letterlock("preview", address, "--json")
        tap.equal((seen["decision"], seen["lock"]), ("hold", None), seen)
        tap.equal(lab.arrived(name), [], "letters at the provider")


def test_next_lock(lab):
    """Where the PGP key has expired, a certificate that verifies takes its place"""
    made = lab.office.world.ca.issue_for_mail("expired@plain.lab")
    lab.office.daemon.letterlock("key", "import", made.chain)
    _, fate = lab.settle("next", "expired@plain.lab")
    tap.equal((fate["state"], fate["method"]), ("sent", "smime"), fate)
    wait_until(lambda: lab.arrived("next"), "the letter arrives")


def test_changed(lab):
    """A key that took the place of another one is asked about; the held letter offers it"""
    letterlock = lab.office.daemon.letterlock
    lab.settle("before", "bob@plain.lab")
    old = lab.gnupg.fingerprint("bob@plain.lab")
    with GnuPG() as other:
        new = other.generate("bob@plain.lab")
        lab.gnupg.run("--yes", "--delete-keys", old)
        lab.gnupg.import_(other.export(new))
        other.import_(lab.gnupg.export(lab.gnupg.fingerprint("Anna <anna@provider.lab>")))
        letterlock("key", "list", "bob@plain.lab")  # as it is now
        record, fate = lab.settle("changed", "bob@plain.lab")
        tap.equal((fate["state"], fate["offers"]), ("held", ["pgp"]), fate)
        tap.true("another one than before" in fate["reason"], fate["reason"])
        told = letterlock("held")
        tap.true(f"letterlock release {record['id'][:8]} --with pgp" in told, told)
        tap.true(f"letterlock release {record['id'][:8]} --anyway" in told, told)
        (seen,) = letterlock("preview", "bob@plain.lab", "--json")
        tap.equal((seen["decision"], seen["lock"]["fingerprint"]), ("hold", new.lower()), seen)
        tap.true("could be locked with pgp" in letterlock("preview", "bob@plain.lab"), "preview")
        letterlock("release", record["id"], "--with", "pgp")
        wait_until(lambda: lab.arrived("changed"), "the letter arrives")
        tap.true(opened(other, lab.arrived("changed")[0]).endswith(BODY.encode()), "inside")
    (seen,) = letterlock("preview", "bob@plain.lab", "--json")
    tap.equal((seen["decision"], seen["method"]), ("lock", "pgp"), seen)
    tap.equal(seen["lock"]["trust"], "accepted", "trust")


def test_newest(lab):
    """Of two keys of one address the newer one is used, and the accepted one before it"""
    letterlock = lab.office.daemon.letterlock
    old = lab.gnupg.fingerprint("carl@plain.lab")
    with GnuPG() as other:
        new = other.generate("carl@plain.lab")
        lab.gnupg.import_(other.export(new))
    keys = letterlock("key", "list", "carl@plain.lab", "--json")
    uses = {x["fingerprint"]: x["use"] for x in keys}
    tap.equal(uses, {new.lower(): "ready", old.lower(): "no"}, "uses")
    letterlock("key", "accept", "carl@plain.lab", old.lower())
    _, fate = lab.settle("accepted", "carl@plain.lab")
    tap.equal(fate["proof"]["lock"]["fingerprint"], old.lower(), "key")


if __name__ == "__main__":
    tap.main(Defects)
