# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Thunderbird opens what was locked: one letter with OpenPGP, one with S/MIME."""

import os

import tap
from gnupg import GnuPG
from office import Office, letter
from process import wait_until
from thunderbird import Thunderbird

BODY = "From here on\r\nGrüße aus der Praxis\r\nend\r\n"


class Readers:
    """Anna's office, and Bob, who reads his mail with Thunderbird: a key and a certificate are his."""

    def __init__(self, folder):
        if not Thunderbird.is_there():
            raise tap.Skip("there is no Thunderbird")
        self.folder = folder
        self.gnupg = GnuPG()
        self.bob = GnuPG()
        self.office = Office(folder, environment={"GNUPGHOME": self.gnupg.home})

    def __enter__(self):
        fingerprint = self.bob.generate("bob@plain.lab")
        self.gnupg.import_(self.bob.export(fingerprint))
        self.secret = self.bob.run("--armor", "--export-secret-keys", fingerprint).decode()
        self.office.__enter__()
        ca = self.office.world.ca
        self.certificate = ca.issue_for_mail("rolf@plain.lab")
        self.office.daemon.letterlock("key", "import", self.certificate.chain)
        self.thunderbird = Thunderbird(os.path.join(self.folder, "thunderbird"))
        self.thunderbird.trust(ca)
        self.thunderbird.take_certificate(self.certificate)
        self.thunderbird.__enter__()
        return self

    def __exit__(self, *arguments):
        self.thunderbird.__exit__()
        self.office.__exit__(*arguments)
        self.gnupg.__exit__()
        self.bob.__exit__()

    def sealed(self, name, address):
        content = letter(
            address, "Blood count", name=name, body=BODY,
            more="MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: 8bit\r\n",
        )  # fmt: skip
        accepted, said = self.office.send(address, content)
        tap.true(accepted, said)
        mine = lambda: [x for x in self.office.provider.letters() if f"<{name}@provider.lab>".encode() in x]
        wait_until(mine, "the letter arrives")
        (raw,) = mine()
        tap.true("Grüße".encode() not in raw and b"Blood count" not in raw, "it is locked")
        return raw


def is_read(found, what):
    for line in BODY.split("\r\n"):
        tap.true(line in found["body"], f"{what}: {found}")


def test_without_the_key_it_stays_closed(lab):
    """The control: before Bob's key is there, Thunderbird finds nothing"""
    found = lab.thunderbird.open(lab.sealed("closed", "bob@plain.lab"))
    tap.true("Grüße" not in found["body"], f"{found}")


def test_openpgp(lab):
    """PGP/MIME: text and subject"""
    lab.thunderbird.take_openpgp_key(lab.secret)
    found = lab.thunderbird.open(lab.sealed("openpgp", "bob@plain.lab"))
    is_read(found, "OpenPGP")
    tap.true("Blood count" in found["subject"], f"the subject above it: {found}")


def test_smime(lab):
    """S/MIME: text"""
    is_read(lab.thunderbird.open(lab.sealed("smime", "rolf@plain.lab")), "S/MIME")


if __name__ == "__main__":
    tap.main(Readers)
