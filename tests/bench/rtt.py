# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""rtt: one letter of 4 KB to a provider behind 50 ms round trip. Round trips decide everything.

"cold": no connection to the provider yet, the recipient's way is known. "all cold": just started,
nothing is known of anybody. "there": the whole letter is at the provider.
"""

import contextlib
import mmap
import struct

import peers
from far import NAME, PROVIDER, RTT, Far, server
from measure import load
from place import IMPLICIT, STARTTLS, target
from table import Table, Targets, median, ratio

RECIPIENT = "recipient.lab"
LETTER = {"clients": 1, "letters": 1, "size": 4096}


def zones(lab):
    lab.zone(RECIPIENT, f"@ MX 10 recipient.hoster.lab.\n", signed=False)
    lab.zones["hoster.lab"].text += f"recipient A {server(0)}\n"


class FarStunnel(peers.Stunnel):
    connect = f"{PROVIDER}:{IMPLICIT}"
    address = PROVIDER


class FarPostfix(peers.PostfixRelay):
    upstream = NAME


def resumed(site):
    with open(site.arrivals, "rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as map_:
        return struct.unpack_from("q", map_, 24)[0]


class Times:
    def __init__(self, site):
        self.site = site
        self.found = {}

    def send(self, name, where, **more):
        figures = load(where, self.site.arrivals, **{**LETTER, **more})
        if name and figures:
            self.found.setdefault(name, []).append(figures)

    def milliseconds(self, name, key="p50"):
        return median(f[key] for f in self.found.get(name, []))


def through_letterlock(times, site, far, security, port):
    """Each start of the program is cold once."""
    daemon = site.daemon("rtt-" + security, network=far.network())
    with daemon:
        where = site.through(daemon, PROVIDER, port, security)
    where[where.index("--to") + 1] = "someone@" + RECIPIENT
    with daemon:
        times.send(f"Letterlock, {security}, all cold", where)
    with daemon:
        daemon.letterlock("check", RECIPIENT)
        times.send(f"Letterlock, {security}, cold", where)
        times.send(f"Letterlock, {security}, warm", where)
        before = resumed(site)
        times.send(None, where, clients=2)
    return resumed(site) - before


def direct(times, site):
    for security, port in (("starttls", STARTTLS), ("tls", IMPLICIT)):
        where = target(PROVIDER, port, security, ca=site.ca.file, user="u", password="p")
        times.send(f"direct, {security}", where)
        times.send(f"direct, {security}, pipelined", where, pipelined=True)
    times.send("direct, kept, pipelined", where, pipelined=True, kept=True)


def through_peers(times, site):
    missing = peers.missing()
    for kind in (FarStunnel, FarPostfix):
        if kind.name in missing:
            continue
        with kind(site) as peer:
            times.send(f"{kind.name}, cold", peer.target)
            times.send(f"{kind.name}, again", peer.target)


def series(site, rounds):
    times = Times(site)
    sessions = []
    with contextlib.ExitStack() as stack:
        far = stack.enter_context(Far(site, zones))
        for _ in range(rounds):
            direct(times, site)
            for security, port in (("starttls", STARTTLS), ("tls", IMPLICIT)):
                sessions.append(through_letterlock(times, site, far, security, port))
            through_peers(times, site)
    table = Table("rtt", f"one letter, {RTT} ms round trip", ["answered ms", "RTT", "there ms", "RTT "])
    for name in times.found:
        answered, there = times.milliseconds(name), times.milliseconds(name, "there50")
        table.add(name, answered, ratio(answered, RTT), there, ratio(there, RTT))
    table.show()
    targets = Targets("rtt")
    for security, trips in (("starttls", 9), ("tls", 7)):
        name = f"Letterlock, {security}"
        targets.at_most(f"{security}, cold", times.milliseconds(name + ", cold"), trips * RTT + 10, " ms")
        targets.at_most(f"{security}, warm", times.milliseconds(name + ", warm"), 2 * RTT + 10, " ms")
    targets.at_least("TLS sessions resumed by a second connection", min(sessions), 1)
    targets.show()
