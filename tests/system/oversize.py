# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A letter that its provider takes as it is, and not once it is locked: a real Postfix with
message_size_limit, which says so in its EHLO, or only when the letter comes."""

import base64
import random
import re

import tap
from locks import Locked, opened
from office import Office, letter
from process import wait_until
from world import NAME

LIMIT = 400_000
SIZE = 345_600  # a third more is too much
# an attachment cannot be made smaller, a text can
BODY = base64.encodebytes(random.Random(7).randbytes(SIZE * 57 // 78)).decode().replace("\n", "\r\n")
QUIET = 2587  # a port of the provider that does not say what it takes


class Small(Locked):
    def __init__(self, folder):
        super().__init__(folder, Office.with_(provider={"message_size_limit": str(LIMIT)}))
        provider = self.office.world.provider
        provider.listen(
            provider.address, QUIET, self.office.world.provider_certificate,
            smtpd_tls_security_level="encrypt", smtpd_sasl_auth_enable="yes",
            smtpd_discard_ehlo_keywords="size",
        )  # fmt: skip

    def upstream(self, port):
        self.office.daemon.letterlock(
            "account", "edit", "anna", "--upstream", f"{NAME}:{port}", "--security", "starttls"
        )


def large(name, kind, to="bob@plain.lab"):
    content = letter(to, name=name, body=BODY)
    kind = f"\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return content.replace(b"\r\n\r\n", kind.encode(), 1)


def held(lab, name):
    """The letter is held for its size, and nothing of it left."""
    accepted, said = lab.office.send("bob@plain.lab", large(name, "application/octet-stream"))
    tap.true(accepted, said)
    lab.office.daemon.wait_letter(name, "held")
    fate = lab.office.fate(name)
    tap.true("it is too large once locked" in fate["reason"], fate["reason"])
    tap.equal(lab.arrived(name), [], "letters at the provider")
    return fate


def test_said(lab):
    """The provider says what it takes: held, with both numbers, before anything is sent"""
    small = letter("bob@plain.lab", name="small", body="Dear Bob\r\n")
    accepted, said = lab.office.send("bob@plain.lab", small)  # whatever was known before
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("small"), "a small one arrives")
    tap.true(opened(lab.others["bob"], lab.arrived("small")[0]).endswith(b"Dear Bob\r\n"), "small")
    fate = held(lab, "said")
    size, limit = map(int, re.search(r"\((\d+) bytes, and your provider takes (\d+)\)", fate["reason"]).groups())
    tap.equal(limit, LIMIT, "limit")
    tap.true(LIMIT < size < 1.5 * len(BODY), size)


def test_not_said(lab):
    """It says so only when the letter comes: held all the same, not refused"""
    lab.upstream(QUIET)
    try:
        fate = held(lab, "quiet")
        tap.true("exceeds message size limit" in fate["reason"], fate["reason"])
    finally:
        lab.upstream(587)


def test_open(lab):
    """The person may send it as it is, and it fits"""
    record = lab.office.letter_named("said")
    lab.office.daemon.letterlock("release", record["id"], "--anyway")
    wait_until(lambda: lab.arrived("said"), "the letter arrives")
    tap.equal(lab.office.fate("said")["method"], "open", "method")


def test_next_lock(lab):
    """Too large with S/MIME, and small enough with PGP, which compresses text: goes with that"""
    lab.office.daemon.letterlock(
        "key", "import", lab.office.world.ca.issue_for_mail("bob@plain.lab").chain
    )
    lab.office.daemon.letterlock("account", "edit", "anna", "--fallback", "smime,pgp")
    small = letter("bob@plain.lab", name="first", body="Dear Bob\r\n")
    accepted, said = lab.office.send("bob@plain.lab", small)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("first"), "a small one arrives")
    tap.equal(lab.office.fate("first")["method"], "smime", "the first lock")
    accepted, said = lab.office.send("bob@plain.lab", large("next", "text/plain"))
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("next"), "the large one arrives")
    tap.equal(lab.office.fate("next")["method"], "pgp", "the next lock")
    opened(lab.others["bob"], lab.arrived("next")[0])


if __name__ == "__main__":
    tap.main(Small)
