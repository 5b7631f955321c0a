# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own certificate: taken from a PKCS #12 file, it signs what is locked with S/MIME, and
the sender can open it too. The openssl program makes the files and opens the letters."""

import json
import os
import subprocess

import tap
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from office import Office, letter
from process import wait_until

BODY = "From here on\r\n.\r\n trailing \r\nend\r\n"
PASSPHRASE = "four words and more"


class Certified(Office):
    """Anna has a certificate; Gina's is known."""

    def __enter__(self):
        super().__enter__()
        self.anna = self.world.ca.issue_for_mail("anna@provider.lab")
        self.gina = self.world.ca.issue_for_mail("gina@plain.lab")
        self.daemon.letterlock("key", "import", self.gina.chain)
        return self

    def certificate(self, path, *more, passphrase=PASSPHRASE):
        """account edit --cert; the finished process."""
        return self.daemon.try_letterlock(
            "account", "edit", "anna", "--cert", path, "--passphrase-stdin", *more,
            text=passphrase + "\n",
        )  # fmt: skip

    def locked(self, name):
        """A letter to Gina, once it came: (its bytes, what is recorded of its lock)"""
        accepted, said = self.send("gina@plain.lab", letter("gina@plain.lab", name=name, body=BODY))
        tap.true(accepted, said)
        wait_until(lambda: self.arrived(name), "the letter arrives")
        return self.arrived(name)[0], self.fate(name)["proof"]["lock"]


def decrypt(raw, who):
    done = subprocess.run(
        ["openssl", "cms", "-decrypt", "-binary", "-recip", who.chain, "-inkey", who.key],
        input=raw, capture_output=True, check=False,
    )  # fmt: skip
    tap.equal(done.returncode, 0, done.stderr)
    return done.stdout


def verified(raw, ca):
    """What an opaque signed letter holds."""
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-CAfile", ca.file],
        input=raw, capture_output=True, check=False,
    )  # fmt: skip
    tap.equal(done.returncode, 0, done.stderr)
    return done.stdout


def test_refused(lab):
    """A file that cannot be used is refused, each with its own sentence, and nothing is kept"""
    ca = lab.world.ca
    weak = ca.issue_for_mail("anna@provider.lab", key="rsa1024", stem="weak")
    old = ca.issue_for_mail("anna@provider.lab", days=-3, stem="old")
    other = ca.issue_for_mail("anna@other.lab", stem="other")
    use = ca.issue_for_mail("anna@provider.lab", usage=["key_encipherment"], stem="use")
    cases = {
        "the passphrase does not open": lab.anna.pkcs12("another one"),
        "too weak (rsa1024)": weak.pkcs12(PASSPHRASE, name="weak.p12"),
        "expired on 20": old.pkcs12(PASSPHRASE, name="old.p12"),
        "is for anna@other.lab": other.pkcs12(PASSPHRASE, name="other.p12"),
        "not made for signing": use.pkcs12(PASSPHRASE, name="use.p12"),
        "does not hold a certificate together": lab.anna.pkcs12(
            PASSPHRASE, "-nokeys", name="nokeys.p12"
        ),
        "no file with a certificate": lab.anna.chain,
    }  # fmt: skip
    for words, path in cases.items():
        done = lab.certificate(path)
        tap.equal(done.returncode, 2, f"{words}: {done.stdout}{done.stderr}")
        tap.true(words.lower() in done.stderr.lower(), f"{words}: {done.stderr}")
    (account,) = lab.daemon.letterlock("account", "show", "anna", "--json")
    tap.equal(account["own_certificate"], None, "the account's certificate")


def test_signs(lab):
    """The key goes to the secret store; locked letters are signed, and the sender can open them"""
    done = lab.certificate(lab.anna.pkcs12(PASSPHRASE))
    tap.equal(done.returncode, 0, done.stderr)
    (account,) = lab.daemon.letterlock("account", "show", "anna", "--json")
    shown = account["own_certificate"]
    tap.equal((shown["fingerprint"], shown["addresses"]),
              (lab.anna.fingerprint, ["anna@provider.lab"]), "what is shown")  # fmt: skip
    tap.true("CN=Anna" in lab.daemon.letterlock("account", "show", "anna"), "account show")
    raw, lock = lab.locked("signed")
    for who in (lab.gina, lab.anna):
        tap.true(verified(decrypt(raw, who), lab.world.ca).endswith(b"\r\n\r\n" + BODY.encode()), "inside")
    tap.equal(lock["signer"], lab.anna.fingerprint, "signer")
    folder = os.path.join(lab.daemon.state, "own")
    (name,) = os.listdir(folder)
    with open(os.path.join(folder, name), encoding="ascii") as file:
        tap.true("PRIVATE" not in file.read(), "a private key beside the certificate")


def test_another_address(lab):
    """A certificate signs only for the addresses that it names"""
    sender, to = "anna.alias@provider.lab", "gina@plain.lab"
    lab.daemon.letterlock("account", "edit", "anna", "--address", lab.world.sender, "--address", sender)
    content = letter(to, name="alias", sender=sender, body=BODY)
    accepted, said = lab.send(to, content, sender=sender)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("alias"), "the letter arrives")
    lock = lab.fate("alias")["proof"]["lock"]
    tap.equal(lock.get("signer"), None, lock)
    tap.true(f"does not name {sender}" in lock["unsigned"], lock)
    lab.daemon.letterlock("account", "edit", "anna", "--address", lab.world.sender)


def test_old_file(lab):
    """A file as older programs write it (RC2, 3DES) is opened, too"""
    done = lab.certificate(lab.anna.pkcs12(PASSPHRASE, "-legacy", name="legacy.p12"))
    tap.equal(done.returncode, 0, done.stderr)


def profile(lab, name, password, *bundles):
    """A folder as Thunderbird and Firefox keep certificates in."""
    folder = os.path.join(lab.folder, name)
    os.makedirs(folder)
    secret = os.path.join(lab.folder, name + "-password")
    with open(secret, "w", encoding="ascii") as file:
        file.write(password + "\n")
    commands = [["certutil", "-N", "-d", "sql:" + folder, "-f", secret]]
    for bundle in bundles:
        commands += [["pk12util", "-d", "sql:" + folder, "-i", bundle, "-W", PASSPHRASE, "-k", secret]]
    for command in commands:
        subprocess.run(command, check=True, capture_output=True)
    return folder


def test_from_a_profile(lab):
    """Certificate and key out of a profile of Thunderbird, with a primary password or without"""
    anna = lab.anna.pkcs12(PASSPHRASE, "-name", "Anna at home")
    other = lab.world.ca.issue_for_mail("otto@provider.lab", stem="otto")
    otto = other.pkcs12(PASSPHRASE, "-name", "Otto", name="otto.p12")
    open_one = profile(lab, "open", "", anna)
    closed = profile(lab, "closed", "primary", anna, otto)
    empty = profile(lab, "empty", "")
    before = contents(closed)
    cases = (
        ("nss:" + empty, "", "no certificate with its key"),
        ("nss:" + closed, "wrong", "not the primary password"),
        ("nss:" + closed, "primary", 'say which after a #: "'),
        ("nss:" + closed + "#Nobody", "primary", 'no certificate "Nobody"'),
        ("nss:" + lab.folder, "", "has no key4.db"),
        ("nss:" + open_one, "", None),
        ("nss:" + closed + "#Anna at home", "primary", None),
    )
    for path, password, words in cases:
        lab.daemon.letterlock("account", "edit", "anna", "--cert", "none")
        done = lab.certificate(path, passphrase=password)
        tap.equal(done.returncode == 0, words is None, f"{path}: {done.stdout}{done.stderr}")
        tap.true(words is None or words in done.stderr, f"{words}: {done.stderr}")
    tap.equal(contents(closed), before, "the profile")
    raw, lock = lab.locked("profiled")
    tap.equal(lock["signer"], lab.anna.fingerprint, "signer")
    verified(decrypt(raw, lab.gina), lab.world.ca)


def contents(folder):
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def test_key_is_gone(lab):
    """The certificate without its key: locked without a signature, and that is said"""
    path = os.path.join(lab.daemon.state, "secrets")
    with open(path, encoding="ascii") as file:
        lines = file.readlines()
    with open(path, "w", encoding="ascii") as file:
        file.writelines(x for x in lines if not x.startswith("certificate-key "))
    raw, lock = lab.locked("unsigned")
    tap.true(decrypt(raw, lab.gina).endswith(b"\r\n\r\n" + BODY.encode()), "inside")
    tap.true(decrypt(raw, lab.anna).endswith(BODY.encode()), "the sender cannot open it")
    tap.equal(lock.get("signer"), None, "signer")
    tap.true("could not be used" in lock["unsigned"], lock)
    shown = lab.daemon.letterlock("show", lab.letter_named("unsigned")["id"])
    tap.true("unsigned" in shown and "could not be used" in shown, shown)
    said = lab.daemon.letterlock("explain", lab.letter_named("unsigned")["id"])
    tap.true("Locked without your signature: the key of your certificate" in said, said)


# SMIMECapabilities: AES-256-GCM
GCM = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.2.840.113549.1.9.15"), bytes.fromhex("300d300b060960864801650304012e")
)


def known(lab, address, **options):
    """The certificate of somebody, imported."""
    made = lab.world.ca.issue_for_mail(address, **options)
    lab.daemon.letterlock("key", "import", made.chain)
    return made


def test_defects(lab):
    """A certificate that cannot lock holds the letter, and its defect is said"""
    cases = {
        "old": ("its certificate expired on 20", {"days": -3}),
        "weak": ("its certificate is too weak (rsa1024)", {"key": "rsa1024"}),
        "signs": ("its certificate can sign but not encrypt", {"usage": ["digital_signature"]}),
        "server": ("its certificate is not made for mail",
                   {"purpose": ExtendedKeyUsageOID.SERVER_AUTH}),
    }  # fmt: skip
    for name, (words, options) in cases.items():
        known(lab, f"{name}@plain.lab", **options)
        accepted, said = lab.send(f"{name}@plain.lab", letter(f"{name}@plain.lab", name=name))
        tap.true(accepted, said)
        record = lab.daemon.wait_letter(name, "held")
        tap.true(words in lab.daemon.letterlock("explain", record["id"]), record)
        tap.equal(lab.arrived(name), [], "letters at the provider")


def doctor(lab):
    lines = lab.daemon.try_letterlock("doctor", "--json").stdout.splitlines()
    found = [x for x in map(json.loads, lines) if x["check"] == "certificate anna"]
    return found[0] if found else None


def test_doctor(lab):
    """doctor speaks of a certificate that ends within 30 days"""
    lab.certificate(lab.anna.pkcs12(PASSPHRASE))
    tap.equal(doctor(lab)["ok"], True, "valid for 90 days")
    soon = lab.world.ca.issue_for_mail("anna@provider.lab", days=20, stem="soon")
    lab.certificate(soon.pkcs12(PASSPHRASE, name="soon.p12"))
    tap.equal(doctor(lab)["ok"], False, "valid for 20 days")


def test_removed(lab):
    """--cert none: certificate and key are gone, letters are locked as before"""
    lab.daemon.letterlock("account", "edit", "anna", "--cert", "none")
    (account,) = lab.daemon.letterlock("account", "show", "anna", "--json")
    tap.equal(account["own_certificate"], None, "the account's certificate")
    with open(os.path.join(lab.daemon.state, "secrets"), encoding="ascii") as file:
        tap.true("certificate-key" not in file.read(), "the key is still there")
    raw, lock = lab.locked("bare")
    tap.true(decrypt(raw, lab.gina).endswith(b"\r\n\r\n" + BODY.encode()), "inside")
    tap.equal((lock.get("signer"), lock.get("unsigned")), (None, None), "signer")
    tap.equal(doctor(lab), None, "doctor")


def test_account_goes(lab):
    """With an account its certificate and its key go, too"""
    letterlock = lab.daemon.letterlock
    letterlock("account", "add", "--name", "other", "--address", "otto@provider.lab", "--upstream",
               "mail.provider.lab:587", "--auth", "none")  # fmt: skip
    otto = lab.world.ca.issue_for_mail("otto@provider.lab")
    letterlock("account", "edit", "other", "--cert", otto.pkcs12(PASSPHRASE, name="otto.p12"),
               "--passphrase-stdin", text=PASSPHRASE + "\n")  # fmt: skip
    tap.equal(len(os.listdir(os.path.join(lab.daemon.state, "own"))), 1, "certificates")
    letterlock("account", "remove", "other")
    tap.equal(os.listdir(os.path.join(lab.daemon.state, "own")), [], "certificates")
    with open(os.path.join(lab.daemon.state, "secrets"), encoding="ascii") as file:
        tap.true("certificate-key" not in file.read(), "the key is still there")


def test_ciphers(lab):
    """AES-GCM where all who open it announce it; EC and RSA recipients share one copy"""
    hans = known(lab, "hans@plain.lab", key="ec", usage=["key_agreement"], more=[GCM])
    cases = {"modern": ["hans@plain.lab"], "mixed": ["hans@plain.lab", "gina@plain.lab"]}
    for name, recipients in cases.items():
        content = letter(">, <".join(recipients), name=name, body=BODY)
        accepted, said = lab.send(recipients, content)
        tap.true(accepted, said)
        wait_until(lambda name=name: lab.arrived(name), "the letter arrives")
        raw = lab.arrived(name)[0]
        tap.equal(b"smime-type=authEnveloped-data" in raw, name == "modern", f"{name}: GCM")
        tap.true(decrypt(raw, hans).endswith(BODY.encode()), name)
        if name == "mixed":
            tap.true(decrypt(raw, lab.gina).endswith(BODY.encode()), name)


if __name__ == "__main__":
    tap.main(Certified)
