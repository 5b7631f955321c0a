# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that wait: for a person, a sign-in, a network; and clients that do not wait for us."""

import contextlib
import signal
import smtplib
import socket
import ssl
import time

import clients
import tap
from office import Office, letter
from process import wait_until
from smtp_faults import OFFERS, FaultServer

HOST = "mail.waits.lab"
ADDRESS = "127.0.0.71"


class Waits(Office):
    """An office with providers that the test itself opens, lets answer, and closes."""

    def __init__(self, folder):
        super().__init__(folder)
        self.world.zones.zone("waits.lab", f"@ MX 10 mail\nmail A {ADDRESS}\nimap A {ADDRESS}\n")
        self.certificate = self.world.ca.issue(HOST)

    def open(self, name, port=0, offers=OFFERS, **more):
        users = {f"{name}@waits.lab": "secret"}
        return FaultServer(
            self.certificate, implicit=False, address=ADDRESS, port=port, users=users, offers=offers,
            **more,
        )

    def add(self, name, port, *more, password="secret"):
        answer = self.daemon.add_account(
            f"{name}@waits.lab", f"{HOST}:{port}", *more, password=password
        )
        return clients.Login(answer["username"], answer["password"] or "secret")

    def wait(self, name, state):
        return self.daemon.wait_letter(name, state)


def mail_program(login):
    client = smtplib.SMTP("127.0.0.1", 1587, timeout=60)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    client.starttls(context=context)
    client.login(login.username, login.password)
    return client


def free_port():
    with socket.create_server((ADDRESS, 0)) as listener:
        return listener.getsockname()[1]


def own(server):
    """What came that is no notice of ours."""
    return [one for one in server.letters if "<>" not in one["sender"]]


def test_held_stays_held_over_a_pause(office):
    """Pause and resume do not decide what a person was asked"""
    for body in ("Dear Bob\r\n", "Dear Bob, once more\r\n"):
        content = letter("bob@dane.lab", name="twin", subject="[hold] x", body=body)
        tap.true(office.send("bob@dane.lab", content)[0], "not accepted")
    asked = next(
        x for x in office.daemon.letters() if "send twice?" in x["recipients"][0]["reason"]
    )
    office.daemon.letterlock("pause")
    office.daemon.restart()
    office.daemon.program.child.send_signal(signal.SIGHUP)
    office.daemon.letterlock("resume")
    accepted, said = office.send("bob@dane.lab", letter("bob@dane.lab", name="after"))
    tap.true(accepted, said)
    office.wait("after", "sent")
    shown = office.daemon.letterlock("show", "--json", asked["id"])[0]
    tap.equal(shown["state"], "held", "the letter that a person was asked about")


def test_repeat_while_the_first_still_waits(office):
    """A repeat takes the letter over: the provider's refusal does not go to a dead connection"""
    with office.open("repeat", faults={"dot": ["wait;451 4.3.0 later", None]}) as server:
        login = office.add("repeat", server.port)
        content = letter("bob@dane.lab", name="repeat", sender="repeat@waits.lab")
        first = mail_program(login)
        first.mail("repeat@waits.lab")
        first.rcpt("bob@dane.lab")
        first.putcmd("data")
        first.getreply()
        first.send(content + b".\r\n")
        wait_until(lambda: server.letters, "the provider has the letter")
        first.sock.close()
        second = mail_program(login)
        tap.equal(second.sendmail("repeat@waits.lab", ["bob@dane.lab"], content), {}, "refused")
        server.go_on.set()
        office.wait("repeat", "queued")


def test_client_password(office):
    """auth = client: a held letter that is released goes at the next sign-in"""
    with office.open("client") as server:
        login = office.add("client", server.port, "--auth", "client", password=None)
        login.username, login.password = "client@waits.lab", "secret"
        program = mail_program(login)
        content = letter("bob@dane.lab", name="client", subject="[hold] x", sender=login.username)
        program.sendmail(login.username, ["bob@dane.lab"], content)
        program.quit()
        record = office.wait("client", "held")
        office.daemon.restart()
        office.daemon.letterlock("release", record["id"], "--with", "open")
        office.wait("client", "waiting")
        tap.equal(own(server), [], "letters at the provider")
        mail_program(login).quit()
        office.wait("client", "sent")
        tap.equal(len(own(server)), 1, "letters at the provider")


def test_client_provider_is_away(office):
    """auth = client: 454 4.7.0 when the provider cannot be asked; 4xx instead of a queue"""
    with office.open("away", faults={"mail": ["421 4.3.2 bye;close"]}) as server:
        login = office.add("away", server.port, "--auth", "client", password=None)
        login.username, login.password = "away@waits.lab", "secret"
        program = mail_program(login)
        content = letter("bob@dane.lab", name="away", sender=login.username)
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            try:
                program.sendmail(login.username, ["bob@dane.lab"], content)
                raise AssertionError("accepted, although nobody can send it later")
            except smtplib.SMTPDataError as error:
                tap.true(400 <= error.smtp_code < 500, error)
    try:
        mail_program(login)
        raise AssertionError("signed in at nobody")
    except smtplib.SMTPAuthenticationError as error:
        tap.equal((error.smtp_code, error.smtp_error[:5]), (454, b"4.7.0"), "the answer")


def test_delivery_report_is_not_promised(office):
    """A provider without DSN: it is told that no delivery report was asked for (relayed)"""
    offers = [offer for offer in OFFERS if offer != "DSN"]
    with office.open("dsn", offers=offers) as server:
        login = office.add("dsn", server.port)
        content = letter("bob@dane.lab", name="dsn", sender="dsn@waits.lab")
        program = mail_program(login)
        program.sendmail(
            "dsn@waits.lab", ["bob@dane.lab"], content, rcpt_options=["NOTIFY=SUCCESS,FAILURE"]
        )
        record = office.wait("dsn", "sent")
        shown = office.daemon.letterlock("show", record["id"])
        tap.true("relayed" in shown, shown)
        tap.true("NOTIFY" not in str(server.commands), server.commands)


def test_waiting_letters_wake_up(office):
    """No connection: waiting; a new configuration or network sends at once, not at the timer"""
    port = free_port()
    login = office.add("wakes", port)
    content = letter("bob@dane.lab", name="wakes", sender="wakes@waits.lab")
    tap.true(clients.python(login, "wakes@waits.lab", ["bob@dane.lab"], content)[0], "refused")
    office.wait("wakes", "waiting")
    with office.open("wakes", port=port) as server:
        begin = time.monotonic()
        office.daemon.program.child.send_signal(signal.SIGHUP)
        office.wait("wakes", "sent")
        tap.true(time.monotonic() - begin < 30, "it waited for its timer")
        tap.equal(len(own(server)), 1, "letters at the provider")


def test_answer_does_not_wait_for_notices(office):
    """One of two is refused, and the mailbox for the notice is dead: the answer comes in time"""
    faults = {"rcpt eve@dane.lab": "550 5.1.1 no such user"}
    with office.open("notice", faults=faults) as server, socket.create_server((ADDRESS, 0)) as dead:
        imap = f"imap.waits.lab:{dead.getsockname()[1]}"
        login = office.add("notice", server.port, "--imap", imap)
        content = letter("bob@dane.lab", name="notice", sender="notice@waits.lab")
        begin = time.monotonic()
        accepted, said = clients.python(
            login, "notice@waits.lab", ["bob@dane.lab", "eve@dane.lab"], content
        )
        tap.true(accepted, said)
        tap.true(time.monotonic() - begin < 15, "the answer waited for the notice")


def test_the_end_does_not_wait_for_the_provider(office):
    """The program ends soon although a provider says nothing, and the letter is still there"""
    with office.open("slow", faults={"mail": ["stall", None]}) as server:
        login = office.add("slow", server.port)
        content = letter("bob@dane.lab", name="slow", sender="slow@waits.lab")
        program = mail_program(login)
        program.mail("slow@waits.lab")
        program.rcpt("bob@dane.lab")
        program.putcmd("data")
        program.getreply()
        program.send(content + b".\r\n")
        wait_until(lambda: any("MAIL" in str(x) for x in server.commands), "MAIL at the provider")
        begin = time.monotonic()
        office.daemon.stop()
        tap.true(time.monotonic() - begin < 20, "it waited for the provider")
        code, text = program.getreply()
        tap.equal(code, 250, text)
        office.daemon.start()
        office.wait("slow", "sent")
        tap.equal(len(own(server)), 1, "letters at the provider")


if __name__ == "__main__":
    tap.main(Waits)
