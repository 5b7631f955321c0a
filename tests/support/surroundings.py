# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What networks do to whom passes through them; each of these does it while it is entered.

    with Diverted("stripped", certificate): ...      # somebody else answers on port 25
    with Inspected(folder, world.ca.file, policies): ...  # a box opens HTTPS; its root is trusted
    with SplitDns(inside, outside, "klinik.lab"): ...     # a VPN's resolver
    with Portal(nsd): ...                                 # a sign-in page stands before the world
"""

import contextlib
import os
import socket
import socketserver
import ssl
import subprocess
import threading

from certificates import Authority
from control import serve, tls
from faults_dns import Forwarder
from process import run, sbin
from proxies import pour

ELSEWHERE = "127.0.3.25"
INSPECTOR = "127.0.3.43"
SIGN_IN = "127.0.3.80"
RESOLVER = "127.0.0.53"
RESOLV_CONF = "/etc/resolv.conf"


class Rules:
    """While entered, these rules of nft apply to what leaves."""

    def __init__(self, name, kind, *rules):
        self.name = name
        self.kind = {"nat": "type nat hook output priority -100", "filter": "type filter hook output priority 0"}[kind]
        self.rules = rules

    def __enter__(self):
        nft = sbin("nft")
        run([nft, f"add table ip {self.name}"])
        run([nft, f"add chain ip {self.name} out {{ {self.kind} ; }}"])
        for rule in self.rules:
            run([nft, f"add rule ip {self.name} out {rule}"])
        return self

    def __exit__(self, *_):
        run([sbin("nft"), "delete", "table", "ip", self.name])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


@contextlib.contextmanager
def serving(address, port, handler):
    server = Server((address, port), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Surroundings(contextlib.ExitStack):
    """Parts that are entered together."""

    def parts(self):
        return []

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for part in self.parts():
                stack.enter_context(part)
            self.push(stack.pop_all().__exit__)
        return self


class Diverted(Surroundings):
    """Whoever is called on port 25 (@only: this one) somebody else answers."""

    def __init__(self, behaviour, certificate, only=None):
        super().__init__()
        self.whom = f"ip daddr {only}" if only else f"ip daddr != {ELSEWHERE}"
        self.handler = serve(behaviour, tls(certificate))

    def parts(self):
        rule = f"{self.whom} tcp dport 25 dnat to {ELSEWHERE}:25"
        return [serving(ELSEWHERE, 25, self.handler), Rules("diverted", "nat", rule)]


class Inspected(Surroundings):
    """A box opens HTTPS to @real, with certificates of a root that somebody installed here."""

    def __init__(self, folder, authority, real):
        super().__init__()
        self.root = Authority(os.path.join(folder, "inspector"), "Office Firewall")
        self.real = real
        self.outer = ssl.create_default_context(cafile=authority)
        self.contexts = {}
        self.opened = []  # the names of the hosts, for the tests

    def context_for(self, name):
        if name not in self.contexts:
            self.contexts[name] = tls(self.root.issue(name))
        return self.contexts[name]

    def one(self, raw):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        asked = []

        def choose(connection, name, _):
            asked.append(name)
            connection.context = self.context_for(name)

        context.sni_callback = choose
        with contextlib.suppress(OSError), context.wrap_socket(raw, server_side=True) as inner:
            self.opened += asked
            plain = socket.create_connection((self.real, 443), source_address=(INSPECTOR, 0))
            with self.outer.wrap_socket(plain, server_hostname=asked[0]) as outer:
                back = threading.Thread(target=pour, args=[outer, inner], daemon=True)
                back.start()
                pour(inner, outer)
                back.join()

    @contextlib.contextmanager
    def trusted(self):
        """As update-ca-certificates would, in the /etc of this test."""
        name = run(["openssl", "x509", "-noout", "-subject_hash", "-in", self.root.file]).strip()
        link = f"/etc/ssl/certs/{name}.0"
        os.symlink(self.root.file, link)
        try:
            yield
        finally:
            os.remove(link)

    def parts(self):
        box = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                box.one(self.request)

        rule = f"ip saddr != {INSPECTOR} tcp dport 443 dnat to {INSPECTOR}:443"
        return [self.trusted(), serving(INSPECTOR, 443, Handler), Rules("inspected", "nat", rule)]


class Dns(Surroundings):
    """The network's resolver is this Forwarder."""

    def __init__(self, forwarder):
        super().__init__()
        self.forwarder = forwarder
        self.callback(forwarder.stop)

    def parts(self):
        to = "dnat to {}:{}".format(*self.forwarder.endpoint)
        return [Rules("dns", "nat", *(f"ip daddr {RESOLVER} {p} dport 53 {to}" for p in ("udp", "tcp")))]


class SplitDns(Dns):
    """A VPN: its resolver asks @inside about @domain and @outside about everything else, and the
    system routes the domain there."""

    def __init__(self, inside, outside, domain):
        super().__init__(Forwarder(outside, split={domain: inside}))
        self.domain = domain

    @contextlib.contextmanager
    def routed(self):
        with open(RESOLV_CONF, encoding="ascii") as file:
            before = file.read()
        with open(RESOLV_CONF, "a", encoding="ascii") as file:
            file.write(f"search ~{self.domain}\n")
        try:
            yield
        finally:
            with open(RESOLV_CONF, "w", encoding="ascii") as file:
                file.write(before)

    def parts(self):
        return [*super().parts(), self.routed()]


class Portal(Dns):
    """Every name is the sign-in page's, and nobody else can be reached, also not by those who
    were connected before."""

    def __init__(self, outside, certificate):
        super().__init__(Forwarder(outside, captive=SIGN_IN))
        self.context = tls(certificate)

    def parts(self):
        page = self.context

        class Page(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError), page.wrap_socket(self.request, server_side=True) as https:
                    https.recv(4096)
                    https.sendall(b"HTTP/1.1 302 Found\r\nLocation: https://sign.in/\r\n\r\n")

        rule = f"ip daddr != {SIGN_IN} tcp dport {{ 25, 443, 465, 587 }} drop"
        # the provider can be reached last of all: whoever reaches him finds the true DNS
        return [Rules("portal", "filter", rule), serving(SIGN_IN, 443, Page), *super().parts()]


class Cable:
    """An interface whose address changes: how a system learns that the network is another."""

    def __init__(self):
        self.number = 1
        run([sbin("ip"), "link", "add", "cable0", "type", "veth", "peer", "name", "cable1"])
        for end in ("cable0", "cable1"):
            run([sbin("ip"), "link", "set", end, "up"])

    def change(self):
        self.number += 1
        run([sbin("ip"), "-4", "addr", "flush", "dev", "cable0"])
        run([sbin("ip"), "addr", "add", f"198.51.100.{self.number}/24", "dev", "cable0"])

    def remove(self):
        subprocess.run([sbin("ip"), "link", "del", "cable0"], check=False)
