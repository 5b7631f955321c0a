# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sealed form is opened by programs that we did not write, and all find the same inside."""

import tap
from cryptography import x509
from keyed import Keyed
from office import letter
from decryptors import (
    OPENPGP,
    CannotOpen,
    Gpgsm,
    armour,
    nss,
    openssl,
    openssl_verify,
)
from process import wait_until

BODY = "From here on\r\n.\r\n trailing \r\nGrüße\r\nend\r\n"

# SMIMECapabilities (RFC 8551 2.5.2) of who understands AES-256-GCM
READS_GCM = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.2.840.113549.1.9.15"), bytes.fromhex("300d300b060960864801650304012e")
)


class Correspondents(Keyed):
    """An office whose keyring knows Bob (Curve25519), Eve (RSA) and Carl; they have homes of their
    own. Anna has no key until a test gives her one."""

    def prepare(self):
        self.others = {}
        kinds = {"bob": "future-default", "eve": "rsa3072", "carl": "future-default"}
        for name, algorithm in kinds.items():
            self.others[name] = home = self.home()
            fingerprint = home.generate(f"{name}@plain.lab", algorithm=algorithm)
            self.gnupg.import_(home.export(fingerprint))

    def send(self, name, visible, blind=()):
        """Submits; @visible are in To, @blind only in the envelope."""
        content = letter(
            ">, <".join(visible), "Blood count", name=name, body=BODY,
            more="MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: 8bit\r\n",
        )  # fmt: skip
        accepted, said = self.office.send([*visible, *blind], content)
        tap.true(accepted, said)

    def known_certificate(self, address, **options):
        made = self.office.world.ca.issue_for_mail(address, **options)
        self.office.daemon.letterlock("key", "import", made.chain)
        return made


def is_whole(inside, what):
    tap.true(inside.endswith(b"\r\n\r\n" + BODY.encode()), f"{what}: {inside}")
    tap.true(b"\r\nSubject: Blood count\r\n" in inside, f"{what}: {inside}")


def copies(lab, name):
    """Number of keys -> a copy that is locked for so many."""
    return {len(lab.gnupg.key_ids(raw)): raw for raw in lab.arrived(name)}


def all_open(lab, raw, names, signer):
    """Each of these people opens the copy with each program, and all find the same."""
    message, public = armour(raw), lab.gnupg.export(signer) if signer else None
    for name in names:
        home = lab.others[name]
        if signer:
            home.import_(public)
        secret = home.export_secret(home.fingerprint(f"{name}@plain.lab"))
        found = {tool: open_(message, secret, public, home) for tool, open_ in OPENPGP.items()}
        for tool, (inside, by) in found.items():
            is_whole(inside, f"{tool} for {name}")
            tap.equal(inside, found["gpg"][0], f"what {tool} and gpg find for {name}")
            tap.equal(by, signer, f"who signed, says {tool}")


def none_opens(lab, raw, name):
    home = lab.others[name]
    secret = home.export_secret(home.fingerprint(f"{name}@plain.lab"))
    for tool, open_ in OPENPGP.items():
        try:
            open_(armour(raw), secret, None, home)
        except Exception as error:
            # PGPy has errors of its own
            tap.true(isinstance(error, CannotOpen) or tool == "PGPy", error)
        else:
            raise AssertionError(f"{tool} opens for {name} what is not for {name}")


def send_to_all(lab, name, keys):
    """To Bob and Eve, and Carl who is not seen: the visible copy and the blind one, which are locked
    for so many keys."""
    lab.send(name, ["bob@plain.lab", "eve@plain.lab"], blind=["carl@plain.lab"])
    wait_until(lambda: sorted(copies(lab, name)) == sorted(keys), "both copies arrive")
    return [copies(lab, name)[n] for n in keys]


def test_encrypted(lab):
    """PGP/MIME, encrypted: gpg, sqop, rnp and PGPy find the letter; nobody opens another's copy"""
    seen, blind = send_to_all(lab, "encrypted", (2, 1))
    all_open(lab, seen, ["bob", "eve"], None)
    all_open(lab, blind, ["carl"], None)
    none_opens(lab, seen, "carl")
    none_opens(lab, blind, "bob")


def test_signed(lab):
    """PGP/MIME, signed and encrypted: all four find letter and signature, the sender opens it too"""
    anna = lab.gnupg.generate("Anna <anna@provider.lab>")
    seen, blind = send_to_all(lab, "signed", (3, 2))
    all_open(lab, seen, ["bob", "eve"], anna)
    all_open(lab, blind, ["carl"], anna)
    for raw in (seen, blind):
        is_whole(lab.gnupg.decrypt(armour(raw)), "gpg for the sender")


def enveloped(lab, name, address, kind):
    lab.send(name, [address])
    wait_until(lambda: lab.arrived(name), "the letter arrives")
    (raw,) = lab.arrived(name)
    tap.true(b"smime-type=" + kind + b"-data;" in raw, raw)
    tap.true(b"Blood" not in raw, raw)
    return raw


def test_enveloped(lab):
    """S/MIME for RSA: openssl, gpgsm and NSS's cmsutil find the letter"""
    rolf = lab.known_certificate("rolf@plain.lab")
    raw = enveloped(lab, "enveloped", "rolf@plain.lab", b"enveloped")
    with Gpgsm(rolf) as gpgsm:
        found = {"openssl": openssl(raw, rolf), "gpgsm": gpgsm.open(raw),
                 "NSS": nss(raw, rolf, lab.office.world.ca)}  # fmt: skip
    for tool, inside in found.items():
        is_whole(inside, tool)
        tap.equal(inside, found["openssl"], f"what {tool} and openssl find")


def test_elliptic(lab):
    """S/MIME for an elliptic curve: openssl finds the letter (this gpgsm and NSS know no such keys)"""
    erna = lab.known_certificate("erna@plain.lab", key="ec", usage=["key_agreement"])
    is_whole(openssl(enveloped(lab, "elliptic", "erna@plain.lab", b"enveloped"), erna), "openssl")


def test_gcm(lab):
    """S/MIME for who announces AES-GCM: authEnveloped-data, and openssl finds the letter"""
    gina = lab.known_certificate("gina@plain.lab", more=[READS_GCM])
    is_whole(openssl(enveloped(lab, "gcm", "gina@plain.lab", b"authEnveloped"), gina), "openssl")


def test_signed_smime(lab):
    """S/MIME with the user's own certificate: openssl, gpgsm and NSS open it and check the signature"""
    ca = lab.office.world.ca
    rolf = lab.known_certificate("rolf@plain.lab", stem="rolf-again")
    anna = ca.issue_for_mail("anna@provider.lab")
    lab.office.daemon.letterlock(
        "account", "edit", "anna", "--cert", anna.pkcs12("practice"), "--passphrase-stdin",
        text="practice\n",
    )  # fmt: skip
    lab.office.daemon.letterlock("key", "accept", "rolf@plain.lab", rolf.fingerprint)
    raw = enveloped(lab, "signed-smime", "rolf@plain.lab", b"enveloped")
    inner = openssl(raw, rolf)
    tap.equal(openssl(raw, anna), inner, "what the sender opens")
    with Gpgsm(rolf) as gpgsm:
        found = {"openssl": openssl_verify(inner, ca), "gpgsm": gpgsm.verify(gpgsm.open(raw)),
                 "NSS": nss(raw, rolf, ca)}  # fmt: skip
    for tool, inside in found.items():
        is_whole(inside, tool)


if __name__ == "__main__":
    tap.main(Correspondents)
