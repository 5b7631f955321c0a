# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys are found: the user's keyring, the recipient's own domain over HTTPS and signed DNS,
files; what each of them is worth, and what a source that fails may not do."""

import hashlib
import json
import subprocess

import tap
from certificates import Authority
from gnupg import GnuPG
from office import Office, letter
from process import wait_until
from world import POLICY_ADDRESS

JOE = "joe.doe@wkd.lab"
JOE_PLACE = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"


def record(address, kind, rdata):
    """One line of a zone (RFC 7929 3., RFC 8162 3.), in the form that every server knows."""
    place, number = {"OPENPGPKEY": ("_openpgpkey", 61), "SMIMEA": ("_smimecert", 53)}[kind]
    name = hashlib.sha256(address.split("@")[0].encode()).digest()[:28].hex()
    return f"{name}.{place} TYPE{number} \\# {len(rdata)} {rdata.hex()}\n"


def der(certificate):
    """Its leaf."""
    return subprocess.run(
        ["openssl", "x509", "-in", certificate.chain, "-outform", "DER"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip


class Discovery:
    """An office whose daemon has Anna's keyring; the others' keys are where each test looks."""

    def __init__(self, folder):
        self.gnupg = GnuPG()
        self.others = GnuPG()
        self.office = Office(folder, environment={"GNUPGHOME": self.gnupg.home})

    def __enter__(self):
        try:
            self.gnupg.import_(self.key("bob@plain.lab"))
            self.world = self.office.world
            self.world.policies.key_directory("wkd.lab", {JOE_PLACE: self.key(JOE)})
            self.zone("wkd.lab", f"openpgpkey A {POLICY_ADDRESS}\n")
            self.publish_in_dns()
            self.office.__enter__()
        except BaseException:
            self.close()
            raise
        return self

    def zone(self, name, text, **options):
        """A domain whose mail server does no TLS."""
        self.world.zones.zone(name, f"@ MX 10 mx.plain.lab.\n{text}", **{"signed": False, **options})

    def publish_in_dns(self):
        """The same in a zone that is signed, in one that is not, and in one whose signature fails."""
        stranger = Authority(f"{self.world.folder}/stranger", "Stranger CA")
        self.issued = {}
        for domain, options in (
            ("signed.lab", {"signed": True}), ("unsigned.lab", {}),
            ("forged.lab", {"signed": False, "ds": True}),
        ):  # fmt: skip
            gina, fred = (stranger.issue_for_mail(f"{x}@{domain}") for x in ("gina", "fred"))
            self.issued[domain] = {"gina": gina, "fred": fred}
            digest = hashlib.sha256(der(fred)).digest()
            self.zone(
                domain,
                record(f"joe@{domain}", "OPENPGPKEY", self.key(f"joe@{domain}"))
                + record(f"gina@{domain}", "SMIMEA", b"\3\0\0" + der(gina))
                + record(f"fred@{domain}", "SMIMEA", b"\3\0\1" + digest)
                + record(f"mallory@{domain}", "OPENPGPKEY", self.key(f"eve@{domain}"))
                + record(f"kim@{domain}", "OPENPGPKEY", b"nonsense"),
                **options,
            )

    def key(self, address, **options):
        """A new key of somebody, in octets."""
        return self.others.export(self.others.generate(address, **options))

    def close(self):
        for gnupg in (self.gnupg, self.others):
            gnupg.__exit__()

    def __exit__(self, *arguments):
        try:
            self.office.__exit__(*arguments)
        finally:
            self.close()

    def find(self, address):
        """(status, the keys, what was said on stderr)"""
        done = self.office.daemon.try_letterlock("key", "find", address, "--json")
        return done.returncode, [json.loads(x) for x in done.stdout.splitlines()], done.stderr

    def arrived(self, name):
        return [x for x in self.office.provider.letters() if f"<{name}@provider.lab>".encode() in x]

    def locked(self, address, name):
        """Sends to somebody; the proof of the lock."""
        accepted, said = self.office.send(address, letter(address, name=name))
        tap.true(accepted, said)
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        return self.office.fate(name)["proof"]["lock"]

    def held(self, address, name):
        """Sends to somebody; the record of the letter, which is held."""
        accepted, said = self.office.send(address, letter(address, name=name))
        tap.true(accepted, said)
        return self.office.daemon.wait_letters(
            lambda letters: next((x for x in letters if x["message_id"] == f"<{name}@provider.lab>"
                                  and x["state"] == "held"), None),
            f"{name} is held",
        )  # fmt: skip


# -- key find, key export ---------------------------------------------------------------------


def test_find(lab):
    """key find asks every source, and shows source, trust and use of each key"""
    status, (key,), said = lab.find("bob@plain.lab")
    tap.equal((status, said), (0, ""), "status")
    tap.equal((key["source"], key["trust"], key["use"]), ("gnupg", "kept", "ready"), key)
    status, (key,), said = lab.find(JOE)
    tap.equal((status, said), (0, ""), "status")
    tap.equal((key["source"], key["trust"], key["use"]), ("wkd", "published", "ready"), key)
    shown = lab.office.daemon.letterlock("key", "find", JOE)
    tap.true("your GnuPG keyring: nothing\n" in shown, shown)
    tap.true("the web key directory of their domain: 1\n" in shown, shown)
    status, keys, said = lab.find("nobody@plain.lab")
    tap.equal((status, keys, said), (0, [], ""), "nobody's keys")


def test_export(lab):
    """key export gives what another gpg takes, by address and by fingerprint, and no secret part"""
    letterlock = lab.office.daemon.letterlock
    bob = lab.others.fingerprint("bob@plain.lab").lower()
    for arguments, address in (
        (["bob@plain.lab"], "bob@plain.lab"), ([bob], "bob@plain.lab"),
        (["bob@plain.lab", bob[:8]], "bob@plain.lab"), ([JOE], JOE),
    ):  # fmt: skip
        text = letterlock("key", "export", *arguments)
        with GnuPG() as other:
            other.import_(text.encode())
            tap.equal(other.fingerprint(address), lab.others.fingerprint(address), arguments)
            tap.equal(other.run("--list-secret-keys"), b"", "secret keys")
    made = lab.world.ca.issue_for_mail("gina@plain.lab")
    (key,) = letterlock("key", "import", made.chain, "--json")
    for name in ("gina@plain.lab", key["fingerprint"][:12]):
        text = letterlock("key", "export", name)
        with open(made.chain, encoding="ascii") as file:
            tap.true(text in file.read(), f"{name}: {text}")
    for wrong in ("nobody@plain.lab", "0" * 40, "ffff"):
        done = lab.office.daemon.try_letterlock("key", "export", wrong)
        tap.equal((done.returncode, done.stdout), (1, ""), wrong)
        tap.true("no such key" in done.stderr, done.stderr)


# -- signed DNS ---------------------------------------------------------------------------------


def test_openpgpkey(lab):
    """A key in signed DNS locks by itself; it is not imported"""
    lock = lab.locked("joe@signed.lab", "openpgpkey")
    tap.equal((lock["source"], lock["trust"]), ("dane", "published"), lock)
    (raw,) = lab.arrived("openpgpkey")
    tap.true(b"Dear Bob" in lab.others.decrypt(raw[raw.index(b"-----BEGIN") :]), "joe cannot read it")
    tap.true(b"joe@" not in lab.gnupg.run("--list-keys"), "the key was imported")


def test_smimea(lab):
    """A certificate in signed DNS locks by itself, although its issuer is a stranger here"""
    lock = lab.locked("gina@signed.lab", "smimea")
    tap.equal((lock["source"], lock["method"]), ("dane", "smime"), lock)
    gina = lab.issued["signed.lab"]["gina"]
    done = subprocess.run(
        ["openssl", "cms", "-decrypt", "-recip", gina.chain, "-inkey", gina.key],
        input=lab.arrived("smimea")[0], capture_output=True, check=False,
    )  # fmt: skip
    tap.true(b"Dear Bob" in done.stdout, done.stderr)


def test_digest_confirms(lab):
    """A digest in signed DNS gives no certificate, but vouches for the one from a file"""
    status, keys, said = lab.find("fred@signed.lab")
    tap.equal((status, keys, said), (0, [], ""), "a digest is no certificate")
    for domain, trust, use in (("signed.lab", "published", "ready"), ("unsigned.lab", "unchecked", "ask")):
        lab.office.daemon.letterlock("key", "import", lab.issued[domain]["fred"].chain)
        status, (key,), said = lab.find(f"fred@{domain}")
        tap.equal((key["trust"], key["use"]), (trust, use), key)


def test_not_signed(lab):
    """What DNS says without a signature is as if it were not there"""
    for name in ("joe", "gina"):
        tap.equal(lab.find(f"{name}@unsigned.lab"), (0, [], ""), name)
    record = lab.held("joe@unsigned.lab", "unsigned")
    tap.true("no key for this address is known" in record["recipients"][0]["reason"], record)


def test_forged(lab):
    """A signature that fails: not used, and said"""
    for name in ("joe", "gina"):
        status, keys, said = lab.find(f"{name}@forged.lab")
        tap.equal((status, keys), (3, []), said)
        tap.true("DNS signature" in said and "wrong" in said, said)
    lab.held("joe@forged.lab", "forged")
    tap.equal(lab.arrived("forged"), [], "letters at the provider")


def test_wrong_records(lab):
    """Somebody else's key, and what is none: shown with the defect, never used"""
    for name, defect in (("mallory", "other-address"), ("kim", "malformed")):
        status, (key,), said = lab.find(f"{name}@signed.lab")
        tap.equal((key["defect"], key["use"]), (defect, "no"), key)
        lab.held(f"{name}@signed.lab", name)


if __name__ == "__main__":
    tap.main(Discovery)
