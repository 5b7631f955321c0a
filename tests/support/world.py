# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice world: a signed DNS, a provider, and recipients whose mail servers protect the way
to them as differently as real ones do. Everything is a real server on a private loopback.

    with World(folder) as world, world.daemon() as daemon:
        login = world.account(daemon)
        clients.swaks(login, world.sender, ["bob@dane.lab"], letter)
        world.provider.wait_letters("bob@dane.lab")
"""

import contextlib
import os

import certificates
import clients
import namespace
from daemon import Daemon
from exim import Exim
from policies import Policies, policy
from postfix import Postfix
from provider import ADDRESS, NAME, PASSWORD, USER, Provider
from zones import Lab

POLICY_ADDRESS = "127.0.0.44"
DNS_SERVER = "127.0.0.54"
RESOLVER = "127.0.0.53"

# What `check` must say about each domain, seen from a network that lets port 25 through.
EXPECTED = {
    "dane.lab": "dane",
    "exim.lab": "dane",
    "half.lab": "half",
    "sts.lab": "sts",
    "testing.lab": "pkix",
    "valid.lab": "pkix",
    "mismatch.lab": "opp",
    "self.lab": "opp",
    "expired.lab": "opp",
    "old.lab": "weak",
    "plain.lab": "plain",
    "badane.lab": "broken",
    "badsts.lab": "broken",
    "bogus.lab": "broken",
    "null.lab": "nomail",
    "absent.lab": "nomail",
    "dead.lab": "unknown",
}


class Recipients:
    """Who answers where, with which certificate. Addresses are 127.0.1.1 and on."""

    def __init__(self, world):
        self.world = world
        self.next = 1

    def address(self):
        self.next += 1
        return f"127.0.1.{self.next - 1}"

    def host(self, domain, certificate, **options):
        """A mail server mx.@domain; returns its address."""
        address = self.address()
        self.world.recipients.listen(address, 25, certificate, f"mx.{domain}", **options)
        return address

    def domain(self, domain, certificate, tlsa=None, records="", signed=True, options=None, **zone):
        address = self.host(domain, certificate, **(options or {}))
        text = f"@ MX 10 mx\nmx A {address}\n{records}"
        if tlsa:
            text += f"_25._tcp.mx TLSA {tlsa}\n"
        self.world.zones.zone(domain, text, signed=signed, **zone)
        return address

    def sts(self, domain, mode="enforce", patterns=None, certificate=None):
        """Publishes a policy; returns the records for the zone."""
        mx = patterns or [f"mx.{domain}"]
        self.world.policies.publish(domain, policy(mode, *mx), certificate)
        return f'mta-sts A {POLICY_ADDRESS}\n_mta-sts TXT "v=STSv1; id=20261122T0900;"\n'

    def populate(self):
        ca, own = self.world.ca, self.world.ca.folder
        good = {d: ca.issue(f"mx.{d}") for d in ("dane.lab", "exim.lab", "sts.lab", "valid.lab")}
        self.domain("dane.lab", good["dane.lab"], good["dane.lab"].tlsa())
        self.world.exim_address = self.address()
        self.world.zones.zone(
            "exim.lab",
            f"@ MX 10 mx\nmx A {self.world.exim_address}\n"
            f"_25._tcp.mx TLSA {good['exim.lab'].tlsa()}\n",
        )
        self.world.exim_certificate = good["exim.lab"]
        self.world.zones.zone("half.lab", "@ MX 10 mx.dane.lab.\n", signed=False)
        self.domain("sts.lab", good["sts.lab"], records=self.sts("sts.lab"), signed=False)
        self.domain(
            "testing.lab", ca.issue("mx.testing.lab"), signed=False,
            records=self.sts("testing.lab", "testing"),
        )  # fmt: skip
        self.domain("valid.lab", good["valid.lab"], signed=False)
        other = ca.issue("mx.mismatch.lab", names=["cluster7.hoster.lab"], stem="other")
        self.domain("mismatch.lab", other, signed=False)
        self.domain("self.lab", certificates.self_signed(own, "mx.self.lab"), signed=False)
        self.domain("expired.lab", ca.issue("mx.expired.lab", expired=True), signed=False)
        self.domain("plain.lab", None, signed=False)
        self._broken(ca, own)

    def _broken(self, ca, own):
        zone = self.world.zones.zone
        stale = certificates.self_signed(own, "stale")
        self.domain("badane.lab", ca.issue("mx.badane.lab"), stale.tlsa())
        mine = certificates.self_signed(own, "mx.badsts.lab")
        self.domain("badsts.lab", mine, records=self.sts("badsts.lab"), signed=False)
        self.domain("bogus.lab", ca.issue("mx.bogus.lab"), signed=False, ds=True)
        weak = {
            "smtpd_tls_protocols": "TLSv1",
            "smtpd_tls_ciphers": "low",
            "tls_low_cipherlist": "ALL:@SECLEVEL=0",
            "smtpd_tls_mandatory_protocols": "TLSv1",
        }
        self.domain("old.lab", ca.issue("mx.old.lab", key="rsa2048"), signed=False, options=weak)
        zone("null.lab", "@ MX 0 .\n")
        # nothing listens there
        zone("dead.lab", f"@ MX 10 mx\nmx A {self.address()}\n", signed=False)
        zone("provider.lab", f"@ MX 10 mx\nmx A {ADDRESS}\nmail A {ADDRESS}\n")


class World:
    def __init__(self, folder, **provider):
        namespace.require_alone()
        os.chmod(folder, 0o755)
        self.folder = folder
        self.sender = USER
        self.password = PASSWORD
        namespace.private_etc(folder, RESOLVER)
        self.ca = certificates.Authority(os.path.join(folder, "ca"))
        self.zones = Lab(os.path.join(folder, "dns"))
        self.policies = Policies(os.path.join(folder, "policies"), self.ca, POLICY_ADDRESS)
        self.recipients = Postfix(os.path.join(folder, "recipients"), "mx.lab")
        # where tests/run unpacked Debian's package; without it exim.lab is a dead host
        self.exim = os.environ.get("LETTERLOCK_EXIM")
        Recipients(self).populate()
        upstream = self.ca.issue(NAME)
        self.provider_certificate = upstream
        self.provider = Provider(os.path.join(folder, "provider"), upstream, **provider)
        # the provider's own MX stands for the rest of the world: the control host
        self.provider.listen(ADDRESS, 25, self.ca.issue("mx.provider.lab"))
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.callback(self.zones.stop)
            self.zones.start(DNS_SERVER, 53)
            self.zones.start_resolver(RESOLVER, 53)
            stack.enter_context(self.policies)
            stack.enter_context(self.recipients)
            stack.enter_context(self.provider)
            if self.exim:
                folder = os.path.join(self.folder, "exim")
                stack.enter_context(
                    Exim(folder, self.exim, "mx.exim.lab", self.exim_address, self.exim_certificate)
                )
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    # -- Letterlock in it -------------------------------------------------------------

    def config(self, **groups):
        """What an office with its own DNS and CA would configure."""
        config = {
            "network": {
                "resolvers": [RESOLVER],
                "trust-anchor": str(self.zones.anchor),
                "ca-file": self.ca.file,
                "allow-private-addresses": True,
            }
        }
        for group, keys in groups.items():
            config.setdefault(group, {}).update(keys)
        return config

    def daemon(self, name="anna", environment=None, wrapper=(), bus=None, **groups):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        return Daemon(
            folder, self.config(**groups), environment=environment, wrapper=wrapper, bus=bus
        )

    def account(self, daemon, *more, address=USER, security="starttls", port=None, password=None):
        """Adds the user's account; what a mail program needs to sign in."""
        port = port or (587 if security == "starttls" else 465)
        answer = daemon.add_account(
            address, f"{NAME}:{port}", *more, security=security, password=password or self.password
        )
        ca = os.path.join(daemon.folder, "letterlock-ca.pem")
        return clients.Login(answer["username"], answer["password"], ca)
