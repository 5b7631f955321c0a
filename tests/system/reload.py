# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A changed configuration is in force without a restart: ports open and close, and the sessions that
are under way go on. What cannot be opened is refused, and what was open stays open."""

import json
import os
import shutil
import signal
import socket
import subprocess

import certificates
import tap
from daemon import binary
from office import Office, letter
from process import wait_until
from waits import mail_program
from zones import Lab

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


class Elsewhere:
    """Another DNS with keys of its own, in which these domains take no mail."""

    def __init__(self, world):
        self.lab = Lab(os.path.join(world.folder, "elsewhere"))
        for name in ("provider.lab", "valid.lab"):
            zone = world.zones.zones[name]
            self.lab.zone(name, zone.text, signed=zone.signed)
        for name in ("dane.lab", "self.lab", "null.lab"):
            self.lab.zone(name, "@ MX 0 .\n")
        self.lab.start("127.0.0.57", 53)
        self.lab.start_resolver("127.0.0.58", 53)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lab.stop()


def edit(office, **keys):
    """Writes keys of [network] beside each other; in force when it returns."""
    with open(office.daemon.config_file, encoding="utf-8") as file:
        lines = file.read().splitlines()
    at = lines.index("[network]") + 1
    names = {x.replace("_", "-"): value for x, value in keys.items()}
    lines = [x for x in lines if x.partition("=")[0].strip() not in names]
    lines[at:at] = [f"{key}={value}" for key, value in names.items() if value is not None]
    with open(office.daemon.config_file, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    said = "the configuration was read again"
    before = office.daemon.log().count(said)
    office.daemon.program.child.send_signal(signal.SIGHUP)
    wait_until(lambda: office.daemon.log().count(said) > before, "it read the file again")


def use(office, lab):
    edit(office, resolvers=lab.resolver[0], trust_anchor=lab.anchor)


def preview(office, address):
    """What would become of a letter to him: from what is kept, if it is."""
    return office.daemon.letterlock("preview", address, "--json")[0]["decision"]


def test_resolvers(office):
    """Other resolvers with other keys: they alone are asked, and nothing is kept of the old ones"""
    tap.equal(preview(office, "bob@dane.lab"), "send", "before")
    with Elsewhere(office.world) as elsewhere:
        use(office, elsewhere.lab)
        tap.equal(preview(office, "bob@dane.lab"), "refuse", "by the new ones")
        tap.equal(office.daemon.letterlock("status", "--json")[0]["dns"], "validates", "dns")
        accepted, told = office.send("bob@dane.lab", letter("bob@dane.lab", name="nowhere"))
        tap.true(not accepted, told)
        use(office, office.world.zones)
    tap.equal(preview(office, "bob@dane.lab"), "send", "by the old ones again")
    tap.equal(doctor(office, "network settings"), [], "doctor has nothing to say")


def waits_for(endpoint):
    """Whether a question lies at this UDP address and nobody took it."""
    wanted = "".join(f"{int(x):02X}" for x in reversed(endpoint[0].split("."))) + f":{endpoint[1]:04X}"
    with open("/proc/net/udp", encoding="ascii") as file:
        rows = [x.split() for x in file.readlines()[1:]]
    return any(x[1] == wanted and int(x[4].partition(":")[2], 16) > 0 for x in rows)


def test_under_way(office):
    """A check that is under way ends with the resolver that it began with; a new one has the new"""
    with Elsewhere(office.world) as elsewhere:
        old = office.world.zones
        unbound = old.processes[-1]
        use(office, old)
        tap.equal(preview(office, "bob@valid.lab"), "send", "its self-test was made")
        unbound.send_signal(signal.SIGSTOP)
        try:
            first = subprocess.Popen(
                [binary("letterlock"), "check", "self.lab", "--json"],  # nobody asked for it before
                env=office.daemon.environment, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            wait_until(lambda: waits_for(old.resolver), "the question lies at the old one")
            use(office, elsewhere.lab)
            tap.equal(preview(office, "bob@null.lab"), "refuse", "somebody else asks")
        finally:
            unbound.send_signal(signal.SIGCONT)
        answer = json.loads(first.communicate()[0].splitlines()[-1])
        tap.equal(answer["evidence"], "opp", "what was under way")
        tap.equal(preview(office, "bob@self.lab"), "refuse", "it left nothing behind")
        use(office, old)


def test_bad_network(office):
    """What cannot be used is refused in words, and the old settings stay, in the file as well"""
    nonsense = os.path.join(office.folder, "nonsense.pem")
    with open(nonsense, "w", encoding="ascii") as file:
        file.write("nothing\n")
    for key, value in (("trust-anchor", "/nowhere/root.key"), ("ca-file", nonsense)):
        before = office.daemon.letterlock("config", "get", f"network.{key}")
        done = office.daemon.try_letterlock("config", "set", f"network.{key}", value)
        tap.true(done.returncode != 0, key)
        tap.true(value in done.stderr, done.stderr)
        tap.equal(office.daemon.letterlock("config", "get", f"network.{key}"), before, key)
        tap.equal(office.daemon.letterlock("check", "dane.lab", "--json")[0]["evidence"], "dane", key)
    office.daemon.restart()
    tap.equal(preview(office, "bob@dane.lab"), "send", "after a restart")


def test_ca_file(office):
    """The file has other authorities: connections that rest go, and the provider is not trusted"""
    own = os.path.join(office.folder, "authorities.pem")
    shutil.copyfile(office.world.ca.file, own)
    edit(office, ca_file=own)
    office.send("bob@dane.lab", letter("bob@dane.lab", name="trusted"))
    wait_until(lambda: office.fate("trusted")["state"] == "sent", "the letter is sent")
    stranger = certificates.Authority(os.path.join(office.folder, "stranger"))
    shutil.copyfile(stranger.file, own)
    office.wake()
    office.send("bob@dane.lab", letter("bob@dane.lab", name="strange"))
    wait_until(lambda: office.fate("strange")["state"] == "waiting", "the letter waits")
    tap.true("certificate of" in office.fate("strange")["reason"], office.fate("strange"))
    edit(office, ca_file=office.world.ca.file)
    wait_until(lambda: office.fate("strange")["state"] == "sent", "the letter is sent")


def test_proxy(office):
    """A proxy that is not there: letters wait, until there is none in the settings"""
    edit(office, proxy="http://127.0.0.1:9")
    office.send("bob@dane.lab", letter("bob@dane.lab", name="proxied"))
    wait_until(lambda: office.fate("proxied")["state"] == "waiting", "the letter waits")
    tap.equal(len(office.arrived("proxied")), 0, "at the provider")
    edit(office, proxy=None)
    wait_until(lambda: office.fate("proxied")["state"] == "sent", "the letter is sent")


def test_probe(office):
    """probe=never counts from the next look on"""
    check = lambda: office.daemon.letterlock("check", "dane.lab", "--json")[0]["source"]
    tap.equal(check(), "seen", "before")
    edit(office, probe="never")
    tap.equal(check(), "published", "after")
    edit(office, probe=None)
    tap.equal(check(), "seen", "again")


def test_key_sources(office):
    """Who is asked for keys, and so learns whom the user writes to: doctor names them"""
    tap.true("No key server" in doctor(office, "key sources")[0]["reason"], doctor(office, "key sources"))
    office.daemon.letterlock("config", "set", "keys.keyserver", "https://keys.office.lab")
    office.daemon.letterlock("config", "set", "keys.ldap", "ldaps://directory.office.lab/dc=lab")
    said = doctor(office, "key sources")[0]["reason"]
    tap.true("https://keys.office.lab, ldaps://directory.office.lab/dc=lab. They learn" in said, said)


if __name__ == "__main__":
    tap.main(Office)
