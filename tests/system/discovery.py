# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys are found: the user's keyring, the recipient's own domain over HTTPS and signed DNS,
files; what each of them is worth, and what a source that fails may not do."""

import base64
import contextlib
import email.message
import email.policy
import hashlib
import json
import os
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


# -- files and letters ---------------------------------------------------------------------------


def write(lab, name, content):
    path = os.path.join(lab.office.folder, name)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


def autocrypt(address, blob, more=""):
    text = base64.b64encode(blob).decode()
    folded = "".join(f"\r\n {text[i : i + 70]}" for i in range(0, len(text), 70))
    return f"Autocrypt: addr={address}; {more}keydata={folded}\r\n"


def incoming(address, headers, body="Hello Anna\r\n"):
    return f"From: Somebody <{address}>\r\nTo: anna@provider.lab\r\nSubject: x\r\n{headers}\r\n{body}"


def test_autocrypt(lab):
    """A letter with an Autocrypt header: its key is known, asked about once, then used"""
    letterlock = lab.office.daemon.letterlock
    header = autocrypt("ada@plain.lab", lab.key("ada@plain.lab"), "prefer-encrypt=mutual; ")
    (key,) = letterlock("key", "import", write(lab, "ada.eml", incoming("Ada@Plain.lab", header)), "--json")
    tap.equal((key["source"], key["addresses"]), ("imported", ["Ada@plain.lab"]), key)
    (listed,) = letterlock("key", "list", "ada@plain.lab", "--json")
    tap.equal((listed["trust"], listed["use"]), ("unchecked", "ask"), listed)
    record = lab.held("ada@plain.lab", "autocrypt")
    letterlock("key", "accept", "ada@plain.lab")
    letterlock("release", record["id"])
    wait_until(lambda: lab.arrived("autocrypt"), "the letter arrives")
    tap.equal(lab.office.fate("autocrypt")["method"], "pgp", "method")
    tap.true(b"ada@" not in lab.gnupg.run("--list-keys"), "the key was imported")


def test_autocrypt_refused(lab):
    """Somebody else's address, two headers, an attribute that must be known: nothing is taken"""
    blob = lab.key("ben@plain.lab")
    good = autocrypt("ben@plain.lab", blob)
    for what, text in (
        ("another author", incoming("mallory@plain.lab", good)),
        ("two", incoming("ben@plain.lab", good + good)),
        ("unknown", incoming("ben@plain.lab", autocrypt("ben@plain.lab", blob, "new=1; "))),
        ("none", incoming("ben@plain.lab", "")),
    ):
        done = lab.office.daemon.try_letterlock("key", "import", write(lab, "ben.eml", text))
        tap.true(done.returncode == 2 and "no key" in done.stderr, f"{what}: {done}")
    tap.equal(lab.find("ben@plain.lab"), (0, [], ""), "keys")


def test_attached(lab):
    """An attached key, from a letter that Python's own library wrote"""
    message = email.message.EmailMessage()
    message["From"] = "Cleo <cleo@plain.lab>"
    message.set_content("My key is attached.")
    armored = lab.others.run("--armor", "--export", lab.others.generate("cleo@plain.lab"))
    message.add_attachment(armored, maintype="application", subtype="pgp-keys", filename="key.asc")
    path = write(lab, "cleo.eml", message.as_bytes(policy=email.policy.SMTP))
    (key,) = lab.office.daemon.letterlock("key", "import", path, "--json", "--accept")
    lock = lab.locked("cleo@plain.lab", "attached")
    tap.equal((lock["trust"], lock["fingerprint"]), ("accepted", key["fingerprint"]), lock)


def test_signed_letter(lab):
    """The certificate of an S/MIME signature, and of files in all their forms"""
    ca = lab.world.ca
    dora = ca.issue_for_mail("dora@plain.lab")

    def openssl(*arguments, text=None):
        done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=False)
        tap.equal(done.returncode, 0, done.stderr)
        return done.stdout

    sign = ["cms", "-sign", "-signer", dora.chain, "-inkey", dora.key, "-from", "dora@plain.lab"]
    files = {
        "signed.eml": openssl(*sign, text=b"Content-Type: text/plain\r\n\r\nhello\r\n"),
        "opaque.eml": openssl(*sign, "-nodetach", text=b"Content-Type: text/plain\r\n\r\nhello\r\n"),
        "smime.p7s": openssl(*sign, "-outform", "DER", text=b"hello\r\n"),
        "chain.p7b": openssl("crl2pkcs7", "-nocrl", "-certfile", dora.chain),
        "dora.cer": der(dora),
    }
    for name, content in files.items():
        (key,) = lab.office.daemon.letterlock("key", "import", write(lab, name, content), "--json")
        tap.equal((key["addresses"], key["method"]), (["dora@plain.lab"], "smime"), name)
        tap.equal(key["fingerprint"], dora.fingerprint, name)
    (listed,) = lab.office.daemon.letterlock("key", "list", "dora@plain.lab", "--json")
    tap.equal((listed["trust"], listed["use"]), ("verified", "ready"), listed)


def test_no_key_files(lab):
    """What is no key, no file, or too deep: refused with a sentence; the daemon lives"""
    deep = "".join(f'--b{i}\r\nContent-Type: multipart/mixed; boundary="b{i + 1}"\r\n\r\n' for i in range(20000))
    pipe = os.path.join(lab.office.folder, "pipe")
    os.mkfifo(pipe)
    keep = os.open(pipe, os.O_RDWR)
    cases = {
        write(lab, "empty", b""): 2, write(lab, "noise", os.urandom(100000)): 2, pipe: 2,
        lab.office.folder: 2, os.path.join(lab.office.folder, "absent"): 2,
        write(lab, "deep.eml", incoming("eve@plain.lab", 'Content-Type: multipart/mixed; boundary="b0"\r\n', deep)): None,
    }  # fmt: skip
    for path, status in cases.items():
        done = lab.office.daemon.try_letterlock("key", "import", path)
        tap.true(done.returncode in (2, 3) if status is None else done.returncode == status, f"{path}: {done}")
        tap.equal(len(done.stderr.splitlines()), 1, done.stderr)
    os.close(keep)
    tap.equal(lab.find("bob@plain.lab")[0], 0, "the daemon")


# -- which are used ----------------------------------------------------------------------------


@contextlib.contextmanager
def configured(lab, key, value):
    """letterlock.conf with another value, for as long as this lasts."""
    letterlock = lab.office.daemon.letterlock
    letterlock("config", "set", key, value)
    try:
        yield
    finally:
        letterlock("config", "set", key, "--default")


def uses(lab, address):
    listed = lab.office.daemon.letterlock("key", "list", address, "--json")
    return [x["use"] for x in listed]


def test_trust_levels(lab):
    """strict: only what was accepted; opportunistic: anything sound, and that is said"""
    letterlock = lab.office.daemon.letterlock
    armored = lab.others.run("--armor", "--export", lab.others.generate("zoe@plain.lab"))
    letterlock("key", "import", write(lab, "zoe.asc", armored))
    tap.equal((uses(lab, "bob@plain.lab"), uses(lab, "zoe@plain.lab")), (["ready"], ["ask"]), "accepted")
    with configured(lab, "keys.trust", "strict"):
        tap.equal((uses(lab, "bob@plain.lab"), uses(lab, JOE)), (["ask"], ["ask"]), "strict")
        lab.held("bob@plain.lab", "strict")
    with configured(lab, "keys.trust", "opportunistic"):
        tap.equal(uses(lab, "zoe@plain.lab"), ["ready"], "opportunistic")
        lock = lab.locked("zoe@plain.lab", "unchecked")
        tap.equal(lock["trust"], "unchecked", lock)
        reason = lab.office.fate("unchecked")["reason"]
        tap.true("nobody vouches for" in reason, reason)
    tap.equal(lab.arrived("strict"), [], "letters at the provider")


def test_plus_tags(lab):
    """A tag is part of the address, unless the user says that it is none"""
    tap.equal(uses(lab, "bob+news@plain.lab"), [], "as it is written")
    lab.held("bob+news@plain.lab", "tagged")
    with configured(lab, "keys.plus-tags", "true"):
        tap.equal(uses(lab, "bob+news@plain.lab"), ["ready"], "without its tag")
        lock = lab.locked("bob+news@plain.lab", "untagged")
        tap.equal(lock["fingerprint"], lab.others.fingerprint("bob@plain.lab").lower(), lock)
        letterlock = lab.office.daemon.letterlock
        own = lab.others.run("--armor", "--export", lab.others.generate("bob+own@plain.lab"))
        (key,) = letterlock("key", "import", write(lab, "own.asc", own), "--accept", "--json")
        lock = lab.locked("bob+own@plain.lab", "own")
        tap.equal(lock["fingerprint"], key["fingerprint"], "its own key comes first")


if __name__ == "__main__":
    tap.main(Discovery)
