# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""REQUIRETLS (RFC 8689): asked for by rule or by the mail program, read only after TLS, one
transaction for each kind of recipient, decided anew when it is refused. Debian's servers do not
speak it, so the provider is a scripted one."""

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
        self.world.zones.zone("faulty.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")
        self.server = FaultServer(
            self.world.ca.issue(HOST), address=ADDRESS, port=587, implicit=False,
            users={SENDER: "secret"}, offers=[*OFFERS, "REQUIRETLS"],
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

    def submit(self, name, recipients, options=()):
        content = letter(recipients[0], name=name, sender=SENDER)
        context = ssl.create_default_context(cafile=self.login.ca)
        with smtplib.SMTP_SSL("localhost", 1465, context=context, timeout=60) as client:
            client.login(self.account["username"], self.account["password"])
            client.ehlo()
            self.offered = client.has_extn("requiretls")
            client.sendmail(SENDER, recipients, content, mail_options=options)

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
    """A rule asks for it; it is likely, no more, as long as it was not measured"""
    office.submit("rule", ["bob@sts.lab"])
    tap.true("REQUIRETLS" in office.mails("rule")[0], office.mails("rule")[0])
    recipient = office.named("rule")["recipients"][0]
    tap.equal((recipient["bound"], recipient["confidence"]), ("requiretls", "likely"), recipient["reason"])


def test_by_mail_program(office):
    """The mail program asks for it itself, inside TLS"""
    office.submit("asked", ["bob@dane.lab"], options=("REQUIRETLS",))
    tap.true(office.offered, "not offered inside TLS")
    tap.true("REQUIRETLS" in office.mails("asked")[0], office.mails("asked")[0])


def test_two_transactions(office):
    """Recipients with and without it leave in two transactions; each once"""
    office.submit("both", ["bob@sts.lab", "eve@dane.lab"])
    mails = office.mails("both")
    tap.equal(sorted("REQUIRETLS" in m for m in mails), [False, True], "transactions")


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
    tap.equal(states, {"eve@dane.lab": "sent", "bob@sts.lab": "uncertain"}, "states")


if __name__ == "__main__":
    tap.main(Insisting)
