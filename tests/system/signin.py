# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers that are not like the others: an authority of their own, a pinned key, and a sign-in
by certificate; and whose account a program on this computer sends with."""

import os

import certificates
import tap
from office import Office, letter
from postfix import Postfix
from process import wait_until
from provider import Provider

CLUB = ("mail.club.lab", "127.0.0.81")  # its certificate is from its own authority
OWN = ("mail.own.lab", "127.0.0.82")  # its certificate is from nobody
CARDS = ("mail.cards.lab", "127.0.0.83")  # takes letters from whose certificate it knows
PASSWORD = "another password"
SIGN_IN = 465


class Providers(Office):
    def __init__(self, folder):
        super().__init__(folder)
        world, more = self.world, os.path.join(folder, "more")
        os.makedirs(more)
        self.authority = certificates.Authority(os.path.join(folder, "club-ca"), "Club CA")
        for name, address in (CLUB, OWN, CARDS):
            zone = name.partition(".")[2]
            world.zones.zone(zone, f"@ MX 10 mail\nmail A {address}\n", signed=False)
        self.self_signed = certificates.self_signed(more, OWN[0])
        self.mine = self.authority.issue("anna", client=True, stem="anna")
        self.other = self.authority.issue("eve", client=True, stem="eve")
        self.club = Provider(
            os.path.join(folder, "club"), self.authority.issue(CLUB[0]), address=CLUB[1], name=CLUB[0],
            users={"anna@club.lab": PASSWORD, "eve@club.lab": PASSWORD},
        )  # fmt: skip
        self.own = Provider(
            os.path.join(folder, "own"), self.self_signed, address=OWN[1], name=OWN[0],
            users={"anna@own.lab": PASSWORD},
        )  # fmt: skip
        colons = ":".join(self.mine.fingerprint[i : i + 2] for i in range(0, 64, 2)).upper()
        self.cards = Postfix(
            os.path.join(folder, "cards"), CARDS[0], relay="permit_tls_clientcerts,reject",
            smtpd_tls_fingerprint_digest="sha256", relay_clientcerts=f"inline:{{ {{ {colons} = anna }} }}",
            smtpd_tls_ask_ccert="yes",
        )  # fmt: skip
        self.cards.listen(
            CARDS[1], SIGN_IN, world.ca.issue(CARDS[0]), smtpd_tls_wrappermode="yes",
            smtpd_tls_security_level="encrypt",
        )  # fmt: skip

    def __enter__(self):
        super().__enter__()
        for server in (self.club, self.own, self.cards):
            self.world.stack.enter_context(server)
        return self

    def add(self, address, host, *more, password=PASSWORD):
        return self.daemon.add_account(address, f"{host}:{SIGN_IN}", *more, security="tls", password=password)

    def submit(self, sender, name):
        """As a program on this computer does; what became of it."""
        content = letter("bob@dane.lab", name=name, sender=sender).decode()
        return self.daemon.try_letterlock("sendmail", "-f", sender, "bob@dane.lab", text=content)

    def waits(self, name, words):
        """Until the letter waits, and its reason says so."""
        record = self.daemon.wait_letter(name, "waiting", "queued")
        reason = record["recipients"][0]["reason"]
        tap.true(any(word in reason for word in words), reason)

    def sent(self, name, server):
        wait_until(lambda: (self.letter_named(name) or {}).get("state") == "sent", f"{name} is sent")
        wanted = f"<{name}@provider.lab>".encode()
        arrived = lambda: [x for x in server.letters() if wanted in x]
        wait_until(arrived, f"{name} is in its box")
        tap.equal(len(arrived()), 1, "letters at the provider")


def test_own_authority(office):
    """A provider with an authority of its own: not trusted without --ca-file, and with it sent"""
    office.add("eve@club.lab", CLUB[0], "--name", "stranger")
    tap.equal(office.submit("eve@club.lab", "stranger").returncode, 0, "sendmail")
    office.waits("stranger", ["issuer", "trusted", "certificate"])
    tap.equal(office.club.letters(), [], "letters at the provider")
    tap.true("sasl_username" not in office.club.settled_log(), "a password was said")
    office.daemon.letterlock("account", "edit", "stranger", "--ca-file", office.authority.file)
    office.sent("stranger", office.club)
    office.add("anna@club.lab", CLUB[0], "--ca-file", office.authority.file, "--name", "club")
    tap.equal(office.submit("anna@club.lab", "member").returncode, 0, "sendmail")
    office.sent("member", office.club)


def test_pin(office):
    """A certificate from nobody: not trusted, nor with another key pinned; with its own, sent"""
    office.add("anna@own.lab", OWN[0], "--pin", office.mine.pin, "--name", "own")
    tap.equal(office.submit("anna@own.lab", "pinned").returncode, 0, "sendmail")
    office.waits("pinned", ["pin", "issuer", "trusted", "certificate"])
    tap.true("sasl_username" not in office.own.settled_log(), "a password was said")
    office.daemon.letterlock("account", "edit", "own", "--pin", office.self_signed.pin)
    office.sent("pinned", office.own)


def test_certificate(office):
    """A provider that knows its users by their certificates: one it knows, and one it does not"""
    office.add(
        "anna@cards.lab", CARDS[0], "--auth", "certificate", "--certificate", office.other.both,
        "--name", "cards", password=None,
    )  # fmt: skip
    refused = office.submit("anna@cards.lab", "unknown-card")
    tap.true(refused.returncode != 0, refused)
    tap.equal(office.cards.letters(), [], "letters at the provider")
    office.daemon.letterlock("account", "edit", "cards", "--certificate", office.mine.both)
    tap.equal(office.submit("anna@cards.lab", "known-card").returncode, 0, "sendmail")
    office.sent("known-card", office.cards)
    tested = office.daemon.letterlock("account", "test", "cards", "--json")
    tap.true(tested[-1]["ok"], tested)


def test_acts_for_its_account(office):
    """A program's letter goes by the account of its sender; a stranger's is refused"""
    tap.equal(office.submit(office.world.sender, "by-anna").returncode, 0, "sendmail")
    office.sent("by-anna", office.provider)
    tap.equal(office.letter_named("by-anna")["account"], "anna", "account")
    tap.equal(office.submit("anna@club.lab", "by-club").returncode, 0, "sendmail")
    office.sent("by-club", office.club)
    tap.equal(office.letter_named("by-club")["account"], "club", "account")
    done = office.submit("mallory@club.lab", "by-stranger")
    tap.true(done.returncode != 0 and "mallory@club.lab" in done.stderr, done)
    tap.equal(office.letter_named("by-stranger"), None, "the stranger's letter")


if __name__ == "__main__":
    tap.main(Providers)
