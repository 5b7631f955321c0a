# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`account test --onward`: what a provider does where it cannot deliver over verified TLS is
measured by letters that arrive or come back, and nothing else is claimed. Real Postfix providers
and mailboxes; Debian has none that speaks REQUIRETLS, so that one is scripted."""

import os
import pwd
import re
import time

import tap
from office import Office, letter
from postfix import MAIL_USER
from provider import PASSWORD, Provider
from smtp_faults import OFFERS, FaultServer

EASY = ("mail.easy.lab", "127.0.0.81")
BOUND = ("mail.bound.lab", "127.0.0.82")
# where the provider itself delivers, and not its own mailboxes
ONWARD = "inline:{ plain.lab=smtp: self.lab=smtp: valid.lab=smtp: }"
REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@bound.lab
To: anna@bound.lab
Subject: report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

For people.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; {reporter}

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} {words}

--b
Content-Type: text/rfc822-headers

{headers}
--b--
"""


class Onward(Office):
    def __init__(self, folder):
        # returned at once instead of after days
        super().__init__(
            folder,
            provider={
                "imap": True, "smtp_tls_security_level": "encrypt", "maximal_queue_lifetime": "0",
                "bounce_queue_lifetime": "0", "transport_maps": ONWARD,
            },
        )  # fmt: skip
        for name, address in (EASY, BOUND):
            domain = name.split(".", 1)[1]
            self.world.zones.zone(domain, f"@ MX 10 mail\nmail A {address}\n")
        self.easy = Provider(
            os.path.join(folder, "easy"), self.world.ca.issue(EASY[0]), address=EASY[1],
            name=EASY[0], users={"anna@easy.lab": PASSWORD}, imap=True,
            smtp_tls_security_level="may", transport_maps=ONWARD,
        )  # fmt: skip
        # the server without TLS reports that it got the letter
        self.easy.listen(EASY[1], 25, smtpd_relay_restrictions="permit_mynetworks,reject")
        main = os.path.join(self.world.recipients.folder, "config", "main.cf")
        with open(main, "a", encoding="ascii") as file:
            file.write("transport_maps = inline:{ easy.lab=smtp: }\n")
        certificate = self.world.ca.issue(BOUND[0])
        self.mailbox = Provider(
            os.path.join(folder, "bound"), certificate, address=BOUND[1], name=BOUND[0],
            users={"anna@bound.lab": PASSWORD}, imap=True,
        )  # fmt: skip
        self.server = FaultServer(
            certificate, address=BOUND[1], implicit=False, users={"anna@bound.lab": PASSWORD},
            offers=[*OFFERS, "REQUIRETLS"],
        )  # fmt: skip

    def __enter__(self):
        super().__enter__()
        for server in (self.easy, self.mailbox, self.server):
            server.__enter__()
        self.edit("provider", "--imap", "mail.provider.lab:993")
        self.daemon.add_account(
            "anna@easy.lab", f"{EASY[0]}:587", "--imap", f"{EASY[0]}:993", password=PASSWORD
        )
        self.daemon.add_account(
            "anna@bound.lab", f"{BOUND[0]}:{self.server.port}", "--imap", f"{BOUND[0]}:993",
            password=PASSWORD,
        )  # fmt: skip
        return self

    def __exit__(self, *arguments):
        for server in (self.server, self.mailbox, self.easy):
            server.__exit__(*arguments)
        super().__exit__(*arguments)

    def edit(self, host, *more):
        self.daemon.letterlock("account", "edit", self.name(host), *more)

    def name(self, host):
        """Of the account at this provider."""
        found = self.daemon.letterlock("account", "list", "--json")
        return next(x["account"] for x in found if f".{host}.lab" in x["upstream"])

    def measure(self, host, *more, status=0):
        return self.daemon.letterlock(
            "account", "test", self.name(host), "--onward", "--json", *more, status=status
        )[0]

    def shown(self, host):
        return self.daemon.letterlock("account", "show", self.name(host), "--json")[0]["measured"]

    def fate_at(self, host, name, to="bob@plain.lab"):
        """How a letter to this address is judged."""
        sender = "anna@provider.lab" if host == "provider" else f"anna@{host}.lab"
        content = letter(to, name=name, sender=sender).decode().replace("\r\n", "\n")
        self.daemon.letterlock("sendmail", "-i", "-f", sender, to, text=content)
        return self.fate(name)

    def out(self):
        """Our test letters at the scripted provider: (token, address, with REQUIRETLS)."""
        found = []
        for one in list(self.server.letters):
            token = re.search(r"letterlock-onward\.([0-9a-f]{32})", one["content"])
            if token:
                address = re.search(r"<(.*)>", one["recipients"][0]).group(1)
                found.append((token.group(1), address, "REQUIRETLS" in one["sender"], one))
        return found

    def put(self, text):
        """Into the mailbox of the scripted provider."""
        folder = os.path.join(self.mailbox.path, "new")
        owner = pwd.getpwnam(MAIL_USER)
        for path in (self.mailbox.path, *(os.path.join(self.mailbox.path, n) for n in ("tmp", "cur", "new"))):
            os.makedirs(path, exist_ok=True)
            os.chown(path, owner.pw_uid, owner.pw_gid)
        path = os.path.join(folder, f"{time.monotonic_ns()}.test")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        os.chown(path, owner.pw_uid, owner.pw_gid)

    def report(self, one, action, status, reporter="mail.bound.lab", words="as it is"):
        token, address, _, sent = one
        tap.true(token in sent["content"], "token")
        headers = sent["content"].split("\r\n\r\n")[0].replace("\r\n", "\n")
        self.put(REPORT.format(address=address, action=action, status=status, reporter=reporter,
                               headers=headers, words=words))  # fmt: skip


def test_without_a_mailbox(office):
    """It needs a mailbox, and an address at which something can be learned"""
    office.edit("easy", "--imap", "")
    said = office.measure("easy", "--to", "bob@plain.lab", status=1)
    tap.true("--imap" in said["reason"], said)
    office.edit("easy", "--imap", f"{EASY[0]}:993")
    said = office.measure("easy", "--to", "bob@valid.lab", status=1)
    tap.true("nothing can be learned" in said["reason"], said)
    tap.equal(office.world.recipients.letters("bob@valid.lab"), [], "letters")


def test_returned(office):
    """A Postfix that insists on TLS returns the letter: what was declared is measured, and assured"""
    office.edit("provider", "--declared", "encrypted")
    before = office.fate_at("provider", "declared")
    tap.equal((before["bound"], before["confidence"]), ("declared", "likely"), before["reason"])
    said = office.measure("provider", "--to", "bob@plain.lab")
    measured = said["measured"]
    tap.equal((measured["declared"], measured["requiretls"]), ("kept", None), said)
    tap.equal([x["outcome"] for x in measured["letters"]], ["no-tls"], said)
    tap.true("TLS is required" in measured["letters"][0]["detail"], said)
    tap.true(measured["until"] > measured["time"], said)
    tap.equal(office.shown("provider"), measured, "account show")
    after = office.fate_at("provider", "measured")
    tap.equal((after["bound"], after["confidence"]), ("declared", "assured"), after["reason"])
    tap.true("was seen to return" in after["reason"], after["reason"])
    office.daemon.restart()
    tap.equal(office.shown("provider"), measured, "after a restart")


def test_declared_for_more(office):
    """What is declared of verified TLS is not measured by a server without TLS"""
    office.edit("provider", "--declared", "verified")
    tap.equal(office.shown("provider")["declared"], None, "verified")
    after = office.fate_at("provider", "verified")
    tap.equal((after["bound"], after["confidence"]), ("declared", "likely"), after["reason"])
    office.edit("provider", "--declared", "encrypted", "--domains", "bank.lab")
    tap.equal(office.shown("provider")["declared"], None, "another domain")


def test_delivered(office):
    """A Postfix that encrypts where it can delivers it: what was declared binds nobody"""
    office.edit("easy", "--declared", "encrypted")
    said = office.measure("easy", "--to", "bob@plain.lab", status=1)
    tap.equal(said["measured"]["declared"], "broken", said)
    tap.true("declared it would return" in said["reason"], said["reason"])
    fate = office.fate_at("easy", "broken", to="bob@self.lab")
    tap.equal((fate["bound"], fate["confidence"]), ("nobody", "observed"), fate["reason"])


def test_requiretls(office):
    """REQUIRETLS is measured by the difference: one letter arrives, the other comes back for TLS"""
    said = office.measure("bound", "--to", "bob@plain.lab", "--wait", "0", status=1)
    tap.true("no answer yet to 2 letters" in said["reason"], said["reason"])
    plain, bound = sorted(office.out(), key=lambda x: x[2])
    tap.equal((plain[2], bound[2]), (False, True), "conditions")
    tap.true(all("NOTIFY=SUCCESS,FAILURE" in x[3]["recipients"][0] for x in (plain, bound)), plain)
    # a report that is none of the provider's, one of a retry, one for another reason
    office.report(bound, "failed", "5.7.30", reporter="mx.plain.lab")
    office.report(bound, "delayed", "4.7.30")
    said = office.measure("bound", "--wait", "0", status=1)
    tap.equal(said["measured"]["open"], 2, said)
    office.report(bound, "failed", "5.7.30", words="the next server does not offer REQUIRETLS")
    said = office.measure("bound", "--wait", "0", status=1)
    tap.equal((said["measured"]["requiretls"], said["measured"]["open"]), (None, 1), said)
    office.report(plain, "relayed", "2.0.0")
    said = office.measure("bound", "--wait", "0")
    tap.equal((said["measured"]["requiretls"], said["measured"]["open"]), ("kept", 0), said)
    shown = office.daemon.letterlock("account", "show", office.name("bound"))
    tap.true(re.search(r"measured +requiretls kept, until 2", shown), shown)
    office.daemon.letterlock("rule", "add", "--to", "@plain.lab", "--requiretls")
    fate = office.fate_at("bound", "insisting")
    tap.equal((fate["bound"], fate["confidence"]), ("requiretls", "assured"), fate["reason"])
    tap.true("was seen to keep to that" in fate["reason"], fate["reason"])


def test_requiretls_is_not_kept(office):
    """The letter that must not arrive arrives: REQUIRETLS binds nobody any more"""
    office.server.letters.clear()
    office.measure("bound", "--to", "bob@plain.lab", "--wait", "0", status=1)
    bound = next(x for x in office.out() if x[2])
    office.put(bound[3]["content"].replace("\r\n", "\n"))  # as somebody forwards it
    said = office.measure("bound", "--wait", "0", status=1)
    tap.equal(said["measured"]["requiretls"], "broken", said)
    tap.true("in spite of its condition" in said["reason"], said["reason"])
    fate = office.fate_at("bound", "in-vain")
    tap.equal((fate["bound"], fate["confidence"]), ("nobody", "observed"), fate["reason"])


if __name__ == "__main__":
    tap.main(Onward)
