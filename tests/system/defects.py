# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that cannot be used: each has its own sentence, none lets a letter go open, and the next
lock is tried. Made by gpg, with its clock set where that is needed."""

import hashlib
import os
import subprocess

import tap
from gnupg import GnuPG
from locks import BODY, Locked, opened
from office import letter
from process import wait_until
from world import POLICY_ADDRESS

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


def edit(ring, fingerprint, *lines):
    ring.run(*PLAIN, "--command-fd", "0", "--edit-key", fingerprint, input="".join(x + "\n" for x in lines).encode())


def with_other_subkey(ring, address, *clock, expires="never"):
    """The key itself has no end; what encrypts is of another time."""
    ring.run(*clock, *PLAIN, "--quick-add-key", primary(ring, address, PAST), "cv25519", "encr", expires)


def with_revoked_subkey(ring, address):
    edit(ring, with_subkey(ring, address, "cv25519"), "key 1", "revkey", "y", "0", "", "y", "save")


def on_weak_ground(ring, address):
    """What encrypts is strong, what vouches for it is not."""
    ring.run(*PLAIN, "--quick-gen-key", address, "rsa1024", "sign")
    ring.run(*PLAIN, "--quick-add-key", ring.fingerprint(address), "cv25519", "encr")


def with_preferences(ring, address, words):
    edit(ring, with_subkey(ring, address, "cv25519"), f"setpref {words}", "y", "save")


DEFECTS = {
    "expired": (lambda r, a: with_subkey(r, a, "cv25519", PAST, expires="1y"), "expired on 2020-12-31"),
    "future": (lambda r, a: with_subkey(r, a, "cv25519", FUTURE), "is valid only from 2040-01-01"),
    "revoked": (revoked, "was revoked by its owner"),
    "disabled": (disabled, "is disabled in your keyring"),
    "signs": (primary, "can sign but not encrypt"),
    "weak": (lambda r, a: with_subkey(r, a, "rsa1024"), "is too weak (rsa1024)"),
    "left": (left, "does not name this address"),
    "ended": (lambda r, a: with_other_subkey(r, a, PAST, expires="1y"), "expired on 2020-12-31"),
    "early": (lambda r, a: with_other_subkey(r, a, FUTURE), "is valid only from 2040-01-01"),
    "withdrawn": (with_revoked_subkey, "was revoked by its owner"),
    "ground": (on_weak_ground, "is too weak (rsa1024)"),
}  # fmt: skip



def place(local):
    """Where a web key directory has somebody's key: z-base-32 of SHA-1."""
    bits = "".join(f"{x:08b}" for x in hashlib.sha1(local.encode()).digest())
    return "".join("ybndrfg8ejkmcpqxot1uwisza345h769"[int(bits[i : i + 5], 2)] for i in range(0, 160, 5))


def packets(blob):
    """Of gpg's export: (type, octets)."""
    while blob:
        if blob[0] & 0x40:
            tag, head, size = blob[0] & 0x3F, 2, blob[1]
            if size >= 192:
                head, size = 3, ((blob[1] - 192) << 8) + blob[2] + 192
        else:
            octets = 1 << (blob[0] & 3)
            tag, head = blob[0] >> 2 & 15, 1 + octets
            size = int.from_bytes(blob[1:head], "big")
        yield tag, blob[: head + size]
        blob = blob[head + size :]


def of_version(blob, version):
    """The same key as one of a newer format."""
    first = next(packets(blob))[1]
    head = 2 if len(first) < 192 + 2 else 3
    return blob[:head] + bytes([version]) + blob[head + 1 :]


def without_user_id(blob):
    return b"".join(x for tag, x in packets(blob) if tag != 13)


# What the domain itself publishes for somebody, and what is said of it.
PUBLISHED = {
    "five": (lambda x: of_version(x, 5), "has a format that the installed GnuPG does not support"),
    "six": (lambda x: of_version(x, 6), "has a format that the installed GnuPG does not support"),
    "noname": (without_user_id, "does not name this address"),
    "noise": (lambda x: b"this is no key", "is damaged"),
    "two": (lambda x: x + x, "is damaged"),
}


def with_subkeys(ring, address, *clocks):
    """One more on each clock; what was made in the past is over."""
    fingerprint = with_subkey(ring, address, "cv25519", PAST)
    for clock in clocks:
        end = "1y" if clock == PAST else "never"
        ring.run(clock, *PLAIN, "--quick-add-key", fingerprint, "cv25519", "encr", end)


def old_kind(ring, address):
    ring.run(*PLAIN, "--quick-gen-key", address, "dsa2048", "sign")
    ring.run(*PLAIN, "--quick-add-key", ring.fingerprint(address), "elg2048", "encr")


def renamed(ring, address):
    """He had the same address under another name."""
    fingerprint = with_subkey(ring, f"Old name <{address}>", "cv25519")
    ring.run(*PLAIN, "--quick-add-uid", fingerprint, f"New name <{address}>")
    ring.run(*PLAIN, "--quick-revoke-uid", fingerprint, f"Old name <{address}>")


# Nothing is wrong with these, although they are not what gpg makes today.
SOUND = {
    "subkeys": lambda r, a: with_subkeys(r, a, PAST, FUTURE),
    "old.kind": old_kind,
    "curve": lambda r, a: with_subkey(r, a, "brainpoolP384r1"),
    "renamed": renamed,
    "in.capitals": lambda r, a: with_subkey(r, f'"Doe, Joe" <{a.upper()}>', "cv25519"),
    "only.3des": lambda r, a: with_preferences(r, a, "S2 H2 Z0"),
    "no.wishes": lambda r, a: with_preferences(r, a, "none"),
}

# Who is named there beside somebody's own address is not the owner (the first brackets count).
STRANGERS = {
    "behind": "Mallory <mallory@evil.lab> <{}>",
    "as.name": "{} <mallory@evil.lab>",
    "in.comment": "Mallory ({}) <mallory@evil.lab>",
    "longer": "Mallory <{}.evil.lab>",
}


# The sender's own key: what is said where it cannot sign.
OWN = {
    "signs": (primary, None),
    "ended": (lambda r, a: with_other_subkey(r, a, PAST, expires="1y"), None),
    "expired": (lambda r, a: with_subkey(r, a, "cv25519", PAST, expires="1y"), "expired on 2020-12-31"),
    "revoked": (revoked, "was revoked by its owner"),
    "soft": (lambda r, a: with_subkey(r, a, "rsa1024"), None),
    "ground": (on_weak_ground, "is too weak (rsa1024)"),
}  # fmt: skip


class Defects(Locked):
    def prepare(self):
        for name, (make, _) in OWN.items():
            make(self.gnupg, f"{name}@provider.lab")
        for name, (make, _) in DEFECTS.items():
            # gpg's own idea of "now" must not be that of the key
            make(self.gnupg, f"{name}@plain.lab")
        for name, make in SOUND.items():
            make(self.gnupg, f"{name}@plain.lab")
        for name, user_id in STRANGERS.items():
            with_subkey(self.gnupg, user_id.format(f"{name}@plain.lab"), "cv25519")
        super().prepare()

    def publish(self, address, place_):
        super().publish(address, place_)
        world, files = self.office.world, {}
        with GnuPG() as maker:
            for name, (change, _) in PUBLISHED.items():
                blob = maker.export(maker.generate(f"{name}@odd.lab"))
                files[place(name)] = change(blob)
        world.policies.key_directory("odd.lab", files)
        zone = f"@ MX 10 mx.plain.lab.\nopenpgpkey A {POLICY_ADDRESS}\n"
        world.zones.zone("odd.lab", zone, signed=False)

    def settle(self, name, to):
        accepted, said = self.office.send(to, letter(to, name=name, body=BODY))
        tap.true(accepted, said)
        record = self.office.daemon.wait_letter(name, "sent", "held")
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


def test_sound(lab):
    """Keys that are only unusual lock, whatever they ask for, with AES-256 and SHA-512"""
    for name in SOUND:
        _, fate = lab.settle(name, f"{name}@plain.lab")
        tap.equal((fate["state"], fate["method"]), ("sent", "pgp"), f"{name}: {fate['reason']}")
        wait_until(lambda name=name: lab.arrived(name), "the letter arrives")
        (raw,) = lab.arrived(name)
        lines = lab.gnupg.status(raw[raw.index(b"-----BEGIN PGP") :])
        tap.equal(lines["DECRYPTION_INFO"][:2], ["2", "9"], f"{name}: integrity and cipher")
        tap.equal(lines["VALIDSIG"][7], "10", f"{name}: digest")


def test_strangers(lab):
    """Who merely writes somebody's address into his own name gets none of his letters"""
    for name in STRANGERS:
        _, fate = lab.settle(name, f"{name}@plain.lab")
        tap.equal((fate["state"], fate["method"], fate["offers"]), ("held", None, []), name)
        tap.true("no key for this address is known" in fate["reason"], fate["reason"])
        tap.equal(lab.arrived(name), [], "letters at the provider")


def test_own(lab):
    """A key of one's own that cannot encrypt signs all the same; where it cannot sign, that is said"""
    addresses = [f"{name}@provider.lab" for name in OWN]
    account = ["account", "edit", "anna", "--address", lab.office.world.sender]
    lab.office.daemon.letterlock(*account, *(x for a in addresses for x in ("--address", a)))
    for sender, (name, (_, said)) in zip(addresses, OWN.items()):
        content = letter("eve@plain.lab", name=f"own-{name}", sender=sender, body=BODY)
        accepted, answer = lab.office.send("eve@plain.lab", content, sender=sender)
        tap.true(accepted, answer)
        lab.office.daemon.wait_letter(f"own-{name}", "sent")
        lock = lab.office.fate(f"own-{name}")["proof"]["lock"]
        expected = (None, f"your own PGP key {said}") if said else (lab.gnupg.fingerprint(sender).lower(), None)
        tap.equal((lock.get("signer"), lock.get("unsigned")), expected, name)
        (raw,) = lab.arrived(f"own-{name}")
        tap.equal((len(lab.gnupg.key_ids(raw)), b"\r\nAutocrypt: " in raw), (1, False), "for whom it is locked")
    lab.office.daemon.letterlock(*account)


def test_published(lab):
    """What a domain publishes and nobody can use holds the letter, and says why"""
    for name, (_, said) in PUBLISHED.items():
        record, fate = lab.settle(name, f"{name}@odd.lab")
        tap.equal((fate["state"], fate["method"], fate["offers"]), ("held", None, []), fate)
        tap.true(said in fate["reason"], f"{name}: {fate['reason']}")
        tap.true("no key for this address is known" not in fate["reason"], fate["reason"])
        tap.equal(lab.arrived(name), [], "letters at the provider")


def test_unvouched(lab):
    """A certificate that nobody vouches for is asked about once, and locks when you say yes"""
    letterlock = lab.office.daemon.letterlock
    file, key = (os.path.join(lab.office.folder, x) for x in ("ivy.pem", "ivy.key"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Ivy", "-days", "9",
         "-addext", "subjectAltName=email:ivy@plain.lab", "-keyout", key, "-out", file],
        check=True, capture_output=True,
    )  # fmt: skip
    letterlock("key", "import", file)
    record, fate = lab.settle("ivy", "ivy@plain.lab")
    tap.equal((fate["state"], fate["offers"]), ("held", ["smime"]), fate)
    tap.true("nobody vouches for" in fate["reason"], fate["reason"])
    tap.true(f"release {record['id'][:8]} --with smime" in letterlock("explain", record["id"]), "offer")
    letterlock("key", "accept", "ivy@plain.lab")
    wait_until(lambda: lab.arrived("ivy"), "the letter arrives")
    done = subprocess.run(
        ["openssl", "cms", "-decrypt", "-binary", "-recip", file, "-inkey", key],
        input=lab.arrived("ivy")[0], capture_output=True, check=False,
    )  # fmt: skip
    tap.true(done.stdout.endswith(BODY.encode()), done.stderr)
    fate = lab.office.fate("ivy")
    tap.equal((fate["confidence"], fate["proof"]["lock"]["trust"]), ("assured", "accepted"), fate)


def test_next_lock(lab):
    """Where the PGP key has expired, a certificate that verifies takes its place"""
    made = lab.office.world.ca.issue_for_mail("expired@plain.lab")
    lab.office.daemon.letterlock("key", "import", made.chain)
    _, fate = lab.settle("next", "expired@plain.lab")
    tap.equal((fate["state"], fate["method"]), ("sent", "smime"), fate)
    wait_until(lambda: lab.arrived("next"), "the letter arrives")


def test_preferred(lab):
    """Both locks fit: the order of the rules, unless the user wants another for this contact"""
    letterlock = lab.office.daemon.letterlock
    letterlock("key", "import", lab.office.world.ca.issue_for_mail("eve@plain.lab").chain)
    for wish, method in (("auto", "pgp"), ("smime", "smime"), ("pgp", "pgp")):
        letterlock("key", "prefer", "eve@plain.lab", "--method", wish)
        _, fate = lab.settle(f"prefer-{wish}", "eve@plain.lab")
        tap.equal((fate["state"], fate["method"]), ("sent", method), fate)
    wrong = lab.office.daemon.try_letterlock("key", "prefer", "eve@plain.lab", "--method", "tls")
    tap.true(wrong.returncode != 0 and "pgp, smime or auto" in wrong.stderr, wrong.stderr)


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
