# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person decides: release, send anyway, drop, override, pause; and letters that come twice."""

import glob
import os
import smtplib
import time

import tap
from office import Office, letter
from process import wait_until
from smtp_faults import FaultServer


def held(office, name, domain, **more):
    """A letter to @domain that is held; its record."""
    accepted, said = office.send(f"bob@{domain}", letter(f"bob@{domain}", name=name, **more))
    tap.true(accepted, said)
    return office.daemon.wait_letter(name, "held")


def wait(office, name, state):
    return office.daemon.wait_letter(name, state)


def arrived(office, name):
    """How often the provider got the letter of this name."""
    return len(office.arrived(name))


def arrives(office, name, times):
    """Waits for the provider's own delivery; more than @times is as wrong as less."""
    wait_until(lambda: arrived(office, name) >= times, f"{name} at the provider {times} times")
    tap.equal(arrived(office, name), times, "letters at the provider")


def test_send_anyway(office):
    """A held letter goes when the person says: send anyway"""
    record = held(office, "anyway", "plain.lab")
    tap.equal(record["recipients"][0]["next_try"], None, "a person is asked, nothing is tried")
    tap.equal(arrived(office, "anyway"), 0, "letters at the provider")
    office.daemon.letterlock("release", record["id"], "--with", "open")
    sent = wait(office, "anyway", "sent")["recipients"][0]
    tap.equal(sent["method"], "open", "method")
    arrives(office, "anyway", 1)


def test_release_is_no_override(office):
    """A plain release decides anew, and what still does not hold stays held"""
    record = held(office, "again", "plain.lab")
    office.daemon.letterlock("release", record["id"])
    wait(office, "again", "held")
    tap.equal(arrived(office, "again"), 0, "letters at the provider")


def test_broken_is_never_sent_anyway(office):
    """Broken security needs an override with a reason, for its domain"""
    record = held(office, "broken", "badane.lab")
    refused = office.daemon.try_letterlock("release", record["id"], "--with", "open")
    tap.true(refused.returncode != 0 and refused.stderr.count("\n") == 1, refused.stderr)
    no_reason = office.daemon.try_letterlock("override", "badane.lab")
    tap.equal(no_reason.returncode, 2, "status without a reason")
    office.daemon.letterlock("override", "badane.lab", "--reason", "they called; key change", "--days", "3")
    office.daemon.letterlock("release", record["id"])
    sent = wait(office, "broken", "sent")["recipients"][0]
    tap.true(sent["overridden"], f"not marked as overridden: {sent}")


def test_released_together_or_not(office):
    """Where one recipient may not be sent anyway, the other is not sent behind the refusal"""
    content = letter("eve@plain.lab", name="both")
    accepted, said = office.send(["eve@plain.lab", "bob@badsts.lab"], content)
    tap.true(accepted, said)
    record = wait(office, "both", "held")
    refused = office.daemon.try_letterlock("release", record["id"], "--with", "open")
    tap.true("bob@badsts.lab" in refused.stderr, refused.stderr)
    tap.equal(office.fate("both", "eve@plain.lab")["state"], "held", "eve")
    office.daemon.letterlock("release", record["id"], "--with", "open", "--to", "eve@plain.lab")
    arrives(office, "both", 1)


def test_drop(office):
    """A dropped letter is not sent, and says by whom"""
    record = held(office, "dropped", "plain.lab")
    office.daemon.letterlock("drop", record["id"])
    dropped = wait(office, "dropped", "dropped")["recipients"][0]
    tap.true("by you" in dropped["reason"], dropped["reason"])
    again = office.daemon.try_letterlock("release", record["id"], "--with", "open")
    tap.true(again.returncode != 0, "a dropped letter was released")
    tap.equal(arrived(office, "dropped"), 0, "letters at the provider")


def test_others_leave_at_once(office):
    """One recipient is held, the other copy has left (promise 4)"""
    content = letter("bob@dane.lab", name="mixed")
    accepted, said = office.send(["bob@dane.lab", "eve@plain.lab"], content)
    tap.true(accepted, said)
    wait(office, "mixed", "held")
    tap.equal(office.fate("mixed", "bob@dane.lab")["state"], "sent", "bob")
    tap.equal(office.fate("mixed", "eve@plain.lab")["state"], "held", "eve")
    arrives(office, "mixed", 1)


def test_pause(office):
    """Pause holds everything and bypasses nothing; resume goes on by itself"""
    office.daemon.letterlock("pause")
    accepted, said = office.send("bob@dane.lab", letter("bob@dane.lab", name="paused"))
    tap.true(accepted, said)
    wait(office, "paused", "waiting")
    tap.equal(arrived(office, "paused"), 0, "letters at the provider")
    office.daemon.restart()
    tap.true("paused" in office.daemon.letterlock("status"), "pause did not survive a restart")
    office.daemon.letterlock("resume")
    wait(office, "paused", "sent")
    arrives(office, "paused", 1)


def test_pause_for_a_while_ends_by_itself(office):
    """A pause with an end survives a restart and goes on at its end"""
    office.daemon.letterlock("pause", "--minutes", "1")
    office.daemon.letterlock("pause", "--minutes", "2000", status=2)
    (status,) = office.daemon.letterlock("status", "--json")
    tap.true(status["paused"] and status["paused_until"], "it is paused, and until when is known")
    office.send("bob@dane.lab", letter("bob@dane.lab", name="meanwhile"))
    wait(office, "meanwhile", "waiting")
    tap.equal(arrived(office, "meanwhile"), 0, "letters at the provider")
    office.daemon.stop()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
    with open(os.path.join(office.daemon.state, "paused"), "w", encoding="ascii") as file:
        file.write(soon)
    office.daemon.start()
    wait(office, "meanwhile", "sent")
    (status,) = office.daemon.letterlock("status", "--json")
    tap.equal(status["paused"], False, "paused")


def test_held_survives_restart(office):
    """A held letter is held after a restart, and can still be sent"""
    record = held(office, "restart", "plain.lab")
    office.daemon.kill()
    office.daemon.start()
    wait(office, "restart", "held")
    office.daemon.letterlock("release", record["id"], "--with", "open")
    wait(office, "restart", "sent")
    arrives(office, "restart", 1)


class Deaf(smtplib.SMTP):
    """A mail program that loses its connection before it hears the final answer."""

    def deaf_send(self, sender, recipient, content):
        self.ehlo()
        self.mail(sender)
        self.rcpt(recipient)
        self.putcmd("data")
        self.getreply()
        self.send(content + b".\r\n")
        self.sock.recv(1)  # it is answered; nobody listens to what
        self.sock.close()


def deaf(office, content):
    client = Deaf("127.0.0.1", 1587)
    client.ehlo()
    client.login(office.login.username, office.login.password)
    client.deaf_send(office.world.sender, "bob@dane.lab", content)


def test_repeat_after_lost_answer(office):
    """A repeat whose first answer was lost is answered, not sent again (promise 3)"""
    content = letter("bob@dane.lab", name="lost")
    deaf(office, content)
    wait(office, "lost", "sent")
    accepted, said = office.send("bob@dane.lab", content)
    tap.true(accepted, said)
    arrives(office, "lost", 1)


def test_repeat_after_lost_answer_and_restart(office):
    """... also after a restart"""
    content = letter("bob@dane.lab", name="lost2")
    deaf(office, content)
    wait(office, "lost2", "sent")
    office.daemon.restart()
    accepted, said = office.send("bob@dane.lab", content)
    tap.true(accepted, said)
    arrives(office, "lost2", 1)


def test_same_letter_on_purpose(office):
    """The same bytes after an answer that was heard are a new letter"""
    content = letter("bob@dane.lab", name="twice")
    for _ in range(2):
        accepted, said = office.send("bob@dane.lab", content)
        tap.true(accepted, said)
    arrives(office, "twice", 2)


def test_twin_is_asked(office):
    """Same Message-ID and envelope, other bytes, the first still held: send twice?"""
    held(office, "twin", "plain.lab")
    other = letter("bob@plain.lab", name="twin", body="Dear Bob, once more\r\n")
    accepted, said = office.send("bob@plain.lab", other)
    tap.true(accepted, said)
    tap.true(
        any("send twice?" in x["recipients"][0]["reason"] for x in office.daemon.letters()
            if x["message_id"] == "<twin@provider.lab>"),
        "nobody is asked",
    )  # fmt: skip


def test_tags_strengthen(office):
    """[hold] holds what would have gone, and is not in what leaves"""
    record = held(office, "tagged", "dane.lab", subject="[hold] the results")
    office.daemon.letterlock("release", record["id"], "--with", "open")
    wait(office, "tagged", "sent")
    got = next(x for x in office.provider.letters() if b"<tagged@provider.lab>" in x)
    tap.true(b"Subject: the results" in got, "the tag is still there")


def test_rule(office):
    """TLS or never, for one bank"""
    office.daemon.letterlock("rule", "add", "--to", "@plain.lab", "--mode", "exclusive", "--note", "bank")
    accepted, said = office.send("bob@plain.lab", letter("bob@plain.lab", name="bank"))
    tap.true(not accepted and "plain.lab" in said, said)
    office.daemon.letterlock("rule", "remove", "1")
    held(office, "nobank", "plain.lab")


def test_override_and_exclusive(office):
    """An override does not reach TLS or never, and both places say so"""
    rule = office.daemon.letterlock("rule", "add", "--to", "@badsts.lab", "--mode", "exclusive", "--json")
    said = office.daemon.letterlock("override", "badsts.lab", "--reason", "they called", "--days", "1")
    tap.true("exclusive" in said, said)
    record = held(office, "vain", "badsts.lab")["recipients"][0]
    tap.true("override does not count" in record["reason"], record["reason"])
    tap.true(not record["overridden"], "called overridden")
    office.daemon.letterlock("rule", "remove", str(rule[0]["number"]))


def test_exclusive_unknown(office):
    """TLS or never, and nothing is known: held, looked at again by itself, never sent anyway"""
    office.daemon.letterlock("rule", "add", "--to", "@dead.lab", "--mode", "exclusive")
    record = held(office, "nobody", "dead.lab")
    tap.true(record["recipients"][0]["next_try"], record)
    said = office.daemon.letterlock("explain", record["id"])
    tap.true("looked at again by itself" in said and "release" not in said, said)
    refused = office.daemon.try_letterlock("release", record["id"], "--with", "open")
    tap.equal(refused.returncode, 1, refused.stderr)
    address = office.daemon.letterlock("check", "dead.lab", "--json", status=1)[0]["hosts"][0]["addresses"][0]
    certificate = office.world.ca.issue("mx.dead.lab")
    with FaultServer(certificate, address=address, port=25, implicit=False):
        office.daemon.restart()
        wait(office, "nobody", "held")
        office.daemon.letterlock("retry", record["id"])
        wait(office, "nobody", "sent")
    arrives(office, "nobody", 1)


def test_exclusive_unknown_ends(office):
    """... for four hours; then it is dropped, and the user is told by mail"""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise tap.Skip("libfaketime is not installed")
    office.daemon.restart()  # what was seen of dead.lab is forgotten
    record = held(office, "late", "dead.lab")
    office.daemon.stop()
    faked = {"LD_PRELOAD": libraries[0], "FAKETIME": "+5h", "DONT_FAKE_MONOTONIC": "1"}
    office.daemon.environment.update(faked)
    try:
        office.daemon.start()
        dropped = wait(office, "late", "dropped")["recipients"][0]
        tap.true("not sent" in dropped["reason"], dropped["reason"])
        wait_until(
            lambda: any(record["id"].encode() in x for x in office.provider.letters(office.world.sender)),
            "the user is told by mail",
        )
    finally:
        office.daemon.stop()
        for name in faked:
            del office.daemon.environment[name]
        office.daemon.start()
    left = [x for x in office.provider.letters("bob@dead.lab") if b"<late@" in x]
    tap.equal(left, [], "letters at the provider")


def test_no_such_letter(office):
    """An id that is none is a mistake of usage; one of no letter is a no"""
    for command in ("show", "explain", "release", "drop", "retry"):
        for wrong in ("zz", "12345g", "", "abc"):
            done = office.daemon.try_letterlock(command, wrong)
            tap.equal((done.returncode, done.stderr.count("\n")), (2, 1), f"{command} {wrong}: {done.stderr}")
        done = office.daemon.try_letterlock(command, "ffffffffffff")
        tap.equal((done.returncode, done.stderr.count("\n")), (1, 1), f"{command}: {done.stderr}")


if __name__ == "__main__":
    tap.main(Office)
