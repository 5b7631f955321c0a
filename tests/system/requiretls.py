# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""REQUIRETLS (RFC 8689): asked for by rule or by the mail program, read only after TLS, one
transaction for each kind of recipient, decided anew when it is refused. Debian's servers do not
speak it, so the provider is a scripted one."""

import contextlib
import smtplib
import ssl
import threading

import tap
from office import Office, letter
from process import wait_until
from smtp_faults import OFFERS, FaultServer

HOST = "mail.faulty.lab"
ADDRESS = "127.0.0.77"
SENDER = "anna@faulty.lab"


class Insisting(Office):
    def __init__(self, folder):
        super().__init__(folder)
        zone = self.world.zones.zone
        zone("faulty.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")
        self.servers = contextlib.ExitStack()
        mx = [self.recipient(f"mx{i}.req.lab", f"127.0.0.{80 + i}") for i in (1, 2)]
        hosts = "@ MX 10 mx1\n@ MX 20 mx2\n" + "".join(
            f"mx{i + 1} A {one.address}\n" for i, one in enumerate(mx)
        )
        zone("req.lab", hosts)
        # the same servers, where nobody could keep the condition
        zone("partly.lab", "@ MX 10 mx1.req.lab.\n@ MX 20 mx.dane.lab.\n")
        zone("unsigned.lab", "@ MX 10 mx1.req.lab.\n", signed=False)
        self.recipient("mx.dc31.lab", "127.0.0.83")
        unusable = "_25._tcp.mx TLSA 1 1 1 " + "ab" * 32
        zone("dc31.lab", f"@ MX 10 mx\nmx A 127.0.0.83\n{unusable}\n")
        self.server = FaultServer(
            self.world.ca.issue(HOST), address=ADDRESS, port=587, implicit=False,
            users={SENDER: "secret"}, offers=[*OFFERS, "REQUIRETLS"],
        )  # fmt: skip

    def recipient(self, name, address):
        """A recipient's mail server that offers REQUIRETLS."""
        return self.servers.enter_context(
            FaultServer(
                self.world.ca.issue(name), address=address, port=25, implicit=False, mechanisms=(),
                offers=[*OFFERS, "REQUIRETLS"],
            )
        )  # fmt: skip

    def __enter__(self):
        self.server.__enter__()
        super().__enter__()
        self.account = self.daemon.add_account(SENDER, f"{HOST}:587", password="secret")
        self.daemon.letterlock("rule", "add", "--to", "@sts.lab", "--requiretls")
        return self

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.server.__exit__(*arguments)
        self.servers.close()

    def submit(self, name, recipients, options=(), sender=SENDER, more=""):
        content = letter(recipients[0], name=name, sender=SENDER, more=more)
        context = ssl.create_default_context(cafile=self.login.ca)
        with smtplib.SMTP_SSL("localhost", 1465, context=context, timeout=60) as client:
            client.login(self.account["username"], self.account["password"])
            client.ehlo()
            self.offered = client.has_extn("requiretls")
            client.sendmail(sender, recipients, content, mail_options=options)

    def mails(self, name):
        """The MAIL commands that carried this letter."""
        return [x["sender"] for x in list(self.server.letters) if f"<{name}@" in x["content"]]

    def named(self, name):
        return wait_until(lambda: self.letter_named(name), f"{name} is known")


def ignore_end(submit, *arguments):
    """The daemon dies in the middle of it."""
    try:
        submit(*arguments)
    except (OSError, smtplib.SMTPException):
        pass


def test_warm_up(office):
    """The first letter: what the provider offers is not known yet, nothing is claimed"""
    office.submit("first", ["bob@dane.lab"])
    tap.equal(len(office.mails("first")), 1, "letters")
    tap.true("REQUIRETLS" not in office.mails("first")[0], office.mails("first")[0])


def test_by_rule(office):
    """U01: a rule asks for it; it is likely, no more, as long as it was not measured"""
    office.submit("rule", ["bob@sts.lab"])
    tap.true("REQUIRETLS" in office.mails("rule")[0], office.mails("rule")[0])
    recipient = office.named("rule")["recipients"][0]
    tap.equal((recipient["bound"], recipient["confidence"]), ("requiretls", "likely"), recipient["reason"])


def test_by_mail_program(office):
    """The mail program asks for it itself, inside TLS"""
    office.submit("asked", ["bob@dane.lab"], options=("REQUIRETLS",))
    tap.true(office.offered, "not offered inside TLS")
    tap.true("REQUIRETLS" in office.mails("asked")[0], office.mails("asked")[0])


def test_beats_header(office):
    """RFC 8689 4.1: beside REQUIRETLS the header "TLS-Required: No" says nothing, and stays"""
    more = "TLS-Required: No\r\n"
    office.submit("beats", ["bob@dane.lab"], options=("REQUIRETLS",), more=more)
    tap.true("REQUIRETLS" in office.mails("beats")[0], office.mails("beats")[0])
    sent = next(x for x in office.server.letters if "<beats@" in x["content"])["content"]
    tap.true(more in sent, sent)
    tap.equal(office.named("beats")["recipients"][0]["bound"], "requiretls", "bound")


def test_header_alone(office):
    """TLS-Required: No asks for delivery before TLS: a strict account asks back, and sends nothing"""
    office.submit("alone", ["bob@sts.lab"], more="TLS-Required: No\r\n")
    recipient = office.named("alone")["recipients"][0]
    tap.equal((recipient["state"], office.mails("alone")), ("held", []), recipient["reason"])


def test_two_transactions(office):
    """U04: recipients with and without it leave in two transactions; each once"""
    office.submit("both", ["bob@sts.lab", "eve@dane.lab"])
    mails = office.mails("both")
    tap.equal(sorted("REQUIRETLS" in m for m in mails), [False, True], "transactions")


def test_everywhere(office):
    """Every server of the recipient can keep the condition: it is asked for by itself"""
    found = office.daemon.letterlock("check", "req.lab", "--json")[0]
    tap.equal([host["requiretls"] for host in found["hosts"]], [True, True], "check")
    office.submit("everywhere", ["bob@req.lab"])
    tap.true("REQUIRETLS" in office.mails("everywhere")[0], office.mails("everywhere")[0])
    recipient = office.named("everywhere")["recipients"][0]
    tap.equal((recipient["bound"], recipient["confidence"]), ("requiretls", "likely"), recipient["reason"])


def test_not_everywhere(office):
    """DC31: one server without it, an unsigned list, unusable records: the letter would come back"""
    for domain in ("partly.lab", "unsigned.lab", "dc31.lab"):
        found = office.daemon.letterlock("check", domain, "--json")[0]
        tap.true(found["hosts"][0]["requiretls"], f"{domain}: {found}")
        office.submit(domain, [f"bob@{domain}"])
        tap.true("REQUIRETLS" not in office.mails(domain)[0], f"{domain}: {office.mails(domain)}")


def test_comes_back(office):
    """U08: explain says what a report under REQUIRETLS may hold"""
    record = office.named("everywhere")
    said = office.daemon.letterlock("explain", record["id"])
    tap.true("header only" in said, said)


def test_bounce(office):
    """A17: a report has no sender; the condition is passed on, and no condition for taking it"""
    office.submit("bounce", ["bob@dane.lab"], options=("REQUIRETLS",), sender="")
    tap.true("REQUIRETLS" in office.mails("bounce")[0], office.mails("bounce")[0])
    tap.true("<>" in office.mails("bounce")[0], office.mails("bounce")[0])


def test_header_twice(office):
    """U07: TLS-Required may stand there once (RFC 8689 3)"""
    twice = "TLS-Required: No\r\nTLS-Required: No\r\n"
    try:
        office.submit("twice", ["bob@dane.lab"], more=twice)
        raise AssertionError("accepted")
    except smtplib.SMTPDataError as error:
        tap.equal((error.smtp_code, error.smtp_error[:5]), (550, b"5.6.0"), error.smtp_error)
        tap.true(b"TLS-Required" in error.smtp_error, error.smtp_error)
    tap.equal(office.mails("twice"), [], "at the provider")


def test_refused(office):
    """Refused at MAIL: decided again without it, and not claimed"""
    office.server.faults["mail-requiretls"] = "550 5.7.30 no"
    office.submit("refused", ["bob@sts.lab"])
    recipient = office.named("refused")["recipients"][0]
    sent = [m for m in office.mails("refused")]
    tap.true(all("REQUIRETLS" not in m for m in sent), sent)
    tap.true(recipient["bound"] != "requiretls", recipient["bound"])
    tap.true(recipient["state"] in ("sent", "held"), recipient["state"])
    tap.equal(len(sent), 1 if recipient["state"] == "sent" else 0, "letters")


def test_killed_between_copies(office):
    """kill -9 while the second copy is on its way: the first one's answer is known, not doubted"""
    office.server.faults = {"dot": [None, "stall"]}
    thread = threading.Thread(target=ignore_end, args=(office.submit, "between", ["bob@sts.lab", "eve@dane.lab"]))
    thread.start()
    wait_until(lambda: len(office.mails("between")) == 2, "the second copy has arrived")
    office.daemon.kill()
    thread.join()
    office.daemon.start()
    states = {r["address"]: r["state"] for r in office.named("between")["recipients"]}
    tap.equal(sorted(states.values()), ["sent", "uncertain"], f"states {states}")
    first = next(x for x in office.server.letters if "<between@" in x["content"])["recipients"]
    tap.equal([f"RCPT TO:<{a}>" for a in states if states[a] == "sent"], first, "the first copy")


if __name__ == "__main__":
    tap.main(Insisting)
