# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Thunderbird writes, and a real Thunderbird opens what was locked: with OpenPGP and S/MIME."""

import functools
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
        return self

    @functools.cached_property
    def thunderbird(self):
        """Bob's, from when it is wanted: one at a time is enough for a machine."""
        program = Thunderbird(os.path.join(self.folder, "thunderbird"))
        program.trust(self.office.world.ca.file)
        program.take_certificate(self.certificate)
        return program.__enter__()

    def __exit__(self, *arguments):
        if "thunderbird" in self.__dict__:
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
        (raw,) = wait_until(lambda: self.office.arrived(name), "the letter arrives")
        tap.true("Grüße".encode() not in raw and b"Blood count" not in raw, "it is locked")
        return raw


def is_read(found, what):
    for line in BODY.split("\r\n"):
        tap.true(line in found["body"], f"{what}: {found}")


def test_from_thunderbird_to_thunderbird(lab):
    """Anna writes in Thunderbird to a domain without TLS; Bob opens text, subject and attachment"""
    picture = os.path.join(lab.folder, "findings.bin")
    with open(picture, "wb") as file:
        file.write(bytes(range(256)) * 64)
    anna = Thunderbird(os.path.join(lab.folder, "anna-thunderbird"))
    authority = os.path.join(lab.folder, "letterlock-authority.pem")
    with open(authority, "w", encoding="ascii") as file:
        file.write(lab.office.daemon.letterlock("account", "show", "--ca"))
    anna.trust(authority)
    with anna:
        anna.add_account(lab.office.login, "anna@provider.lab")
        tap.equal(anna.send("bob@plain.lab", "Blood count", BODY, picture), "", "it says")
    (raw,) = wait_until(
        lambda: [x for x in lab.office.provider.letters() if b"bob@plain.lab" in x],
        "the letter arrives",
    )
    tap.true(b"Blood count" not in raw and "Grüße".encode() not in raw, "it is locked")
    closed = lab.thunderbird.open(raw)
    tap.true("Grüße" not in closed["body"], f"the control: before his key is there {closed}")
    lab.thunderbird.take_openpgp_key(lab.secret)
    found = lab.thunderbird.open(raw)
    is_read(found, "Bob")
    tap.true("Blood count" in found["subject"], f"the subject above it: {found}")
    tap.equal(found["attachments"], ["findings.bin"], "attachments")


def test_smime(lab):
    """S/MIME: text"""
    is_read(lab.thunderbird.open(lab.sealed("smime", "rolf@plain.lab")), "S/MIME")


if __name__ == "__main__":
    tap.main(Readers)
