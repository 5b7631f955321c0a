# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of a line of 50 ms round trip (link.c): a network namespace with its own signed
DNS, a provider, and as many recipients' servers as are wanted."""

import contextlib
import os

from measure import tool
from place import IMPLICIT, STARTTLS, sink
from process import Program, run, sbin
from zones import Lab

RTT = 50  # ms
NEAR, FAR = "10.78.0.1", "10.77.0.0/16"
PROVIDER, NAME_SERVER, RESOLVER = "10.77.0.25", "10.77.0.54", "10.77.0.53"
NAME = "far.lab"
SERVERS = 100


def server(number):
    """The address of a recipients' server."""
    return f"10.77.1.{number % SERVERS + 1}"


class FarLab(Lab):
    def __init__(self, folder, inside):
        super().__init__(folder)
        self.inside = inside

    def _spawn(self, command):
        return super()._spawn(self.inside(command))


class Far(contextlib.ExitStack):
    """@zones(lab) adds what is asked for there."""

    def __init__(self, site, zones):
        super().__init__()
        self.site = site
        self.folder = os.path.join(site.folder, "far")
        os.makedirs(self.folder)
        self.link = None
        self.lab = FarLab(os.path.join(self.folder, "dns"), self.inside)
        self.lab.zone("hoster.lab", "", signed=False)
        zones(self.lab)

    def inside(self, command):
        return [sbin("nsenter"), "-t", str(self.link.pid), "-n", "--", *command]

    def _connect(self):
        log = os.path.join(self.folder, "link.log")
        self.link = self.enter_context(Program("link", [tool("link"), str(RTT)], log))
        self.link.wait_until(lambda: "ready" in self.link.output(), "the line is there")
        ip = sbin("ip")
        for command in (
            [ip, "address", "add", NEAR + "/24", "dev", "near"],
            [ip, "link", "set", "near", "up"],
            [ip, "route", "add", FAR, "dev", "near", "src", NEAR],
            self.inside([ip, "link", "set", "lo", "up"]),
            self.inside([ip, "link", "set", "far", "up"]),
            self.inside([ip, "route", "add", "local", FAR, "dev", "lo"]),
            self.inside([ip, "route", "add", NEAR, "dev", "far", "src", PROVIDER]),
        ):
            run(command)

    def __enter__(self):
        super().__enter__()
        self._connect()
        self.callback(self.lab.stop)
        self.lab.start(NAME_SERVER, 53)
        self.lab.start_resolver(RESOLVER, 53, allow="0.0.0.0/0", negative=60)
        provider = self.site.ca.issue(PROVIDER, names=[PROVIDER, NAME], stem="far")
        recipients = self.site.ca.issue("*.hoster.lab")
        with open("/etc/hosts", "a", encoding="ascii") as file:
            file.write(f"{PROVIDER} {NAME}\n")
        with open("/etc/resolv.conf", "w", encoding="ascii") as file:
            file.write(f"nameserver {RESOLVER}\n")
        for address, port, certificate, security in (
            (PROVIDER, STARTTLS, provider, "starttls"),
            (PROVIDER, IMPLICIT, provider, "tls"),
            (server(0), 25, recipients, "starttls"),
        ):
            bound = address if address == PROVIDER else "0.0.0.0"
            self.enter_context(
                sink(
                    self.folder, bound, port, certificate, security, self.site.arrivals,
                    wrapper=self.inside([]), reached=address,
                )  # fmt: skip
            )
        return self

    def network(self):
        """The configuration of who asks the DNS at the far end."""
        return {"resolvers": [RESOLVER], "trust-anchor": str(self.lab.anchor)}
