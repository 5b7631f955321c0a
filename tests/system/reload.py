# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A changed configuration is in force without a restart: ports open and close, and the sessions that
are under way go on. What cannot be opened is refused, and what was open stays open."""

import json
import signal
import socket

import tap
from office import Office, letter
from process import wait_until
from waits import mail_program

NEW = 1600
TAKEN = 1601


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            return connection.recv(4) == b"220 "
    except OSError:
        return False


def ports(office):
    found = office.daemon.letterlock("status", "--json")[0]["listeners"]
    return sorted((x["address"], x["port"], x["tls"]) for x in found)


def test_moved(office):
    """A port is moved while somebody is signed in there: he sends on, others find the new one"""
    session = mail_program(office.login)
    office.daemon.letterlock("config", "set", "listen.smtp", f"127.0.0.1:{NEW}")
    tap.true(answers(NEW), "nobody answers at the new port")
    tap.true(not answers(1587), "somebody answers at the old port")
    tap.equal([x for x in ports(office) if not x[2]], [("127.0.0.1", NEW, False)], "listeners")
    content = letter("bob@dane.lab", name="moved")
    tap.equal(session.sendmail(office.world.sender, ["bob@dane.lab"], content), {}, "refused")
    session.quit()
    wait_until(lambda: office.fate("moved")["state"] == "sent", "the letter is sent")


def test_taken(office):
    """A port that somebody else has: said, and the old one stays"""
    before = ports(office)
    with socket.create_server(("127.0.0.1", TAKEN)):
        done = office.daemon.try_letterlock("config", "set", "listen.smtp", f"127.0.0.1:{TAKEN}")
        tap.true(done.returncode != 0 and str(TAKEN) in done.stderr, done.stderr)
        tap.true(answers(NEW), "nobody answers at the old port")
        tap.equal(ports(office), before, "listeners")


def test_kind(office):
    """The same port with TLS from the first byte; SIGHUP does as well as the bus"""
    office.daemon.letterlock("config", "set", "listen.smtp", "127.0.0.1:1587")
    with open(office.daemon.config_file, encoding="utf-8") as file:
        text = file.read()
    with open(office.daemon.config_file, "w", encoding="utf-8") as file:
        file.write(text.replace("[listen]\n", f"[listen]\nsmtps=127.0.0.1:{NEW}\n"))
    office.daemon.program.child.send_signal(signal.SIGHUP)
    wait_until(lambda: ("127.0.0.1", NEW, True) in ports(office), "it listens with TLS")
    tap.true(("127.0.0.1", 1465, True) not in ports(office), ports(office))
    tap.true(answers(1587), "nobody answers at 1587")


def doctor(office, check):
    """Its lines about @check."""
    lines = office.daemon.try_letterlock("doctor", "--json").stdout.splitlines()
    return [x for x in map(json.loads, lines) if x["check"] == check]


def test_network_is_told(office):
    """[network] counts from the next start: doctor says so, and after it nothing"""
    told = lambda: doctor(office, "network settings")
    tap.equal(told(), [], "before")
    office.daemon.letterlock("config", "set", "network.probe", "never")
    tap.true(told() and told()[0]["ok"] is False, told())
    office.daemon.restart()
    tap.equal(told(), [], "after a restart")


def test_key_sources(office):
    """Who is asked for keys, and so learns whom the user writes to: doctor names them"""
    tap.true("No key server" in doctor(office, "key sources")[0]["reason"], doctor(office, "key sources"))
    office.daemon.letterlock("config", "set", "keys.keyserver", "https://keys.office.lab")
    office.daemon.letterlock("config", "set", "keys.ldap", "ldaps://directory.office.lab/dc=lab")
    said = doctor(office, "key sources")[0]["reason"]
    tap.true("https://keys.office.lab, ldaps://directory.office.lab/dc=lab. They learn" in said, said)


if __name__ == "__main__":
    tap.main(Office)
