# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice recipients: who lives where, and how well the way to each is protected.

Ports are high, so that nobody needs to be root: mail servers listen on MX_PORT instead of 25,
policies on HTTPS_PORT instead of 443, and Letterlock is told so.
"""

import hashlib

import certificates
from gnupg import GnuPG
from mailserver import MailServer
from webserver import WebServer

MX_PORT = 20025
HTTPS_PORT = 20443
DNS_PORT = 20053
SUBMISSION_PORT = 20587
DNS = "127.0.77.53"
WEB = "127.0.77.44"
PROVIDER = "127.0.77.25"
PROVIDER_NAME = "mail.practice.lab"
USER = "anna@practice.lab"
PASSWORD = "a practice password"

# domain, what a person should know about it
RECIPIENTS = {
    "dane.lab": "signed DNS that names the server's key (DANE)",
    "policy.lab": "an MTA-STS policy that is enforced",
    "valid.lab": "a certificate that is valid, but DNS that is not signed",
    "mismatch.lab": "a certificate for another name, as at many hosters",
    "selfmade.lab": "a certificate of its own making",
    "old.lab": "nothing newer than TLS 1.1",
    "keys.lab": "no TLS either, but a directory with the keys of its people (WKD)",
    "plain.lab": "no TLS at all",
    "broken.lab": "DANE that does not fit the certificate: an error, or an attack",
    "nomail.lab": "a domain that says: no mail here",
}


def place_in_directory(name):
    """Where a web key directory has the key of @name: SHA-1 in z-base-32."""
    digest = int.from_bytes(hashlib.sha1(name.encode()).digest(), "big")
    letters = "ybndrfg8ejkmcpqxot1uwisza345h769"
    return "".join(letters[digest >> shift & 31] for shift in range(155, -1, -5))


class Places:
    """Makes certificates and zones, starts the servers."""

    def __init__(self, folder, lab):
        self.folder = folder
        self.lab = lab
        self.ca = certificates.Authority(folder + "/ca", "Letterlock Practice CA")
        self.bob = GnuPG()
        self.servers = []
        self.last = 100

    def _server(self, domain, certificate, tlsa=None, signed=False, more="", **options):
        self.last += 1
        address = f"127.0.77.{self.last}"
        name = f"mx.{domain}"
        self.servers.append(MailServer(address, MX_PORT, name, certificate, **options))
        records = f"@ MX 10 mx\nmx A {address}\n{more}"
        if tlsa:
            records += f"_{MX_PORT}._tcp.mx TLSA {tlsa}\n_25._tcp.mx TLSA {tlsa}\n"
        self.lab.zone(domain, records, signed=signed)

    def prepare(self):
        issue, own = self.ca.issue, self.ca.folder
        dane = issue("mx.dane.lab")
        self._server("dane.lab", dane, dane.tlsa(), signed=True)
        self._server(
            "policy.lab", issue("mx.policy.lab"),
            more=f'mta-sts A {WEB}\n_mta-sts TXT "v=STSv1; id=1;"\n',
        )  # fmt: skip
        self._server("valid.lab", issue("mx.valid.lab"))
        self._server("mismatch.lab", issue("mx.mismatch.lab", names=["web7.hoster.lab"]))
        self._server("selfmade.lab", certificates.self_signed(own, "mx.selfmade.lab"))
        self._server("old.lab", issue("mx.old.lab", key="rsa2048"), weak=True)
        self._server("plain.lab", None)
        self._server("keys.lab", None, more=f"openpgpkey A {WEB}\n")
        other = certificates.self_signed(own, "another")
        self._server("broken.lab", issue("mx.broken.lab"), other.tlsa(), signed=True)
        self.lab.zone("nomail.lab", "@ MX 0 .\n", signed=True)
        self._provider(issue(PROVIDER_NAME), issue("mx.practice.lab"))
        self._web(issue("mta-sts.policy.lab", names=["mta-sts.policy.lab", "openpgpkey.keys.lab"]))

    def _web(self, certificate):
        policy = b"version: STSv1\r\nmode: enforce\r\nmx: mx.policy.lab\r\nmax_age: 86400\r\n"
        directory = "openpgpkey.keys.lab/.well-known/openpgpkey/keys.lab/"
        pages = {
            "mta-sts.policy.lab/.well-known/mta-sts.txt": policy,
            directory + "policy": b"",
            directory + "hu/" + place_in_directory("bob"): self.bob.export(
                self.bob.generate("Bob <bob@keys.lab>")
            ),
        }
        self.servers.append(WebServer(WEB, HTTPS_PORT, pages, certificate))

    def _provider(self, submission, mx):
        self.taken = self.folder + "/provider"
        self.servers += [
            MailServer(
                PROVIDER, SUBMISSION_PORT, PROVIDER_NAME, submission,
                folder=self.taken, users={USER: PASSWORD},
            ),
            MailServer(PROVIDER, MX_PORT, "mx.practice.lab", mx),
        ]  # fmt: skip
        self.lab.zone(
            "practice.lab", f"@ MX 10 mx\nmx A {PROVIDER}\nmail A {PROVIDER}\n", signed=True
        )

    def __enter__(self):
        self.prepare()
        self.lab.start(DNS, DNS_PORT)
        for server in self.servers:
            server.start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.stop()
        self.lab.stop()
        self.bob.__exit__()
