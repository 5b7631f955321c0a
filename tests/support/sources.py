# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An office beside everything that keys come from: signed DNS, web key directories good and bad, a key
server, a directory (LDAP), and a server that never answers."""

import contextlib
import hashlib
import json
import os
import socket
import subprocess

import tap
from certificates import Authority
from keyed import Keyed
from office import letter
from process import wait_until
from slapd import Directory
from world import POLICY_ADDRESS

LDAP = "127.0.0.46"
STALLS = "127.0.0.45"
JOE = "joe.doe@wkd.lab"
JOE_PLACE = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"
SUE_PLACE = "d4s8zzf5ptmj6fxcz7qpoh7nat5atd1s"


def record(address, kind, rdata):
    """One line of a zone (RFC 7929 3., RFC 8162 3.), in the form that every server knows."""
    place, number = {"OPENPGPKEY": ("_openpgpkey", 61), "SMIMEA": ("_smimecert", 53)}[kind]
    name = hashlib.sha256(address.split("@")[0].encode()).digest()[:28].hex()
    return f"{name}.{place} TYPE{number} \\# {len(rdata)} {rdata.hex()}\n"


def der(certificate):
    """Its leaf."""
    return subprocess.run(
        ["openssl", "x509", "-in", certificate.chain, "-outform", "DER"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip


@contextlib.contextmanager
def configured(lab, key, value):
    """letterlock.conf with another value, for as long as this lasts."""
    letterlock = lab.office.daemon.letterlock
    letterlock("config", "set", key, value)
    try:
        yield
    finally:
        letterlock("config", "set", key, "--default")


def uses(lab, address):
    listed = lab.office.daemon.letterlock("key", "list", address, "--json")
    return [x["use"] for x in listed]


def write(lab, name, content):
    path = os.path.join(lab.office.folder, name)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return path


class Discovery(Keyed):
    """An office whose daemon has Anna's keyring; the others' keys are where each test looks."""

    def prepare(self):
        self.others = self.home()
        self.gnupg.import_(self.key("bob@plain.lab"))
        self.world = self.office.world
        self.world.policies.key_directory(
            "wkd.lab", {JOE_PLACE: self.key(JOE), SUE_PLACE: self.key("sue@wkd.lab")}
        )
        self.zone("wkd.lab", f"openpgpkey A {POLICY_ADDRESS}\n")
        self.publish_in_dns()
        self.publish_badly()
        self.open_servers()

    def zone(self, name, text, **options):
        """A domain whose mail server does no TLS."""
        self.world.zones.zone(name, f"@ MX 10 mx.plain.lab.\n{text}", **{"signed": False, **options})

    def publish_in_dns(self):
        """The same in a zone that is signed, in one that is not, and in one whose signature fails."""
        stranger = Authority(f"{self.world.folder}/stranger", "Stranger CA")
        self.issued = {}
        for domain, options in (
            ("signed.lab", {"signed": True}), ("unsigned.lab", {}),
            ("forged.lab", {"signed": False, "ds": True}),
        ):  # fmt: skip
            gina, fred = (stranger.issue_for_mail(f"{x}@{domain}") for x in ("gina", "fred"))
            self.issued[domain] = {"gina": gina, "fred": fred}
            digest = hashlib.sha256(der(fred)).digest()
            self.zone(
                domain,
                record(f"joe@{domain}", "OPENPGPKEY", self.key(f"joe@{domain}"))
                + record(f"gina@{domain}", "SMIMEA", b"\3\0\0" + der(gina))
                + record(f"fred@{domain}", "SMIMEA", b"\3\0\1" + digest)
                + record(f"mallory@{domain}", "OPENPGPKEY", self.key(f"eve@{domain}"))
                + record(f"kim@{domain}", "OPENPGPKEY", b"nonsense"),
                **options,
            )

    def directory(self, domain, advanced, direct=None, **options):
        """A web key directory; {path below hu/ -> ...} of either place, None: no such name."""
        zone = "" if direct is None else f"@ A {POLICY_ADDRESS}\n"
        well_known = "/.well-known/openpgpkey"
        if direct is not None:
            self.world.policies.serve(domain, {f"{well_known}/hu/{JOE_PLACE}": direct})
        if advanced is not None:
            zone += f"openpgpkey A {POLICY_ADDRESS}\n"
            self.world.policies.serve(
                f"openpgpkey.{domain}",
                {f"{well_known}/{domain}/hu/{place}": what for place, what in advanced.items()}, **options,
            )  # fmt: skip
        self.zone(domain, zone)

    def publish_badly(self):
        """Web key directories as they should not be."""
        key = {x: self.key(f"joe.doe@{x}.lab") for x in ("direct", "missing", "wild", "badtls", "big")}
        other = self.world.ca.issue("openpgpkey.elsewhere.lab")
        redirect = f"return 302 https://openpgpkey.wkd.lab/.well-known/openpgpkey/wkd.lab/hu/{JOE_PLACE};"
        self.directory("direct.lab", None, key["direct"])
        self.directory("missing.lab", {}, key["missing"])
        self.directory("redirect.lab", {JOE_PLACE: redirect})
        self.directory("badtls.lab", {JOE_PLACE: key["badtls"]}, certificate=other)
        self.directory("big.lab", {JOE_PLACE: key["big"] + bytes(65536)})
        self.directory("uid.lab", {JOE_PLACE: self.key("eve@uid.lab")})
        self.directory("two.lab", {JOE_PLACE: self.key("joe.doe@two.lab") + self.key("joe@two.lab")})
        self.directory("fails.lab", {JOE_PLACE: "return 503;"}, self.key("joe.doe@fails.lab"))
        # every name exists there, and one machine answers for all of them
        self.directory("wild.lab", None, key["wild"])
        self.zone("wild.lab", f"@ A {POLICY_ADDRESS}\n* A {POLICY_ADDRESS}\n")
        self.zone("stall.lab", f"openpgpkey A {STALLS}\n")

    def open_servers(self):
        """A key server and a directory that only who asks for them finds, and one that never answers."""
        armored = lambda x: self.others.run("--armor", "--export", self.others.generate(x))  # noqa: E731
        self.world.policies.serve("keys.office.lab", {
            "/vks/v1/by-email/kay@plain.lab": armored("kay@plain.lab"),
            "/vks/v1/by-email/lee@plain.lab": b"<html>hello</html>",
        })  # fmt: skip
        self.slapd = Directory(
            os.path.join(self.world.folder, "slapd"), self.world.ca, "ldap.office.lab", LDAP
        )
        self.hal = self.world.ca.issue_for_mail("hal@plain.lab")
        stranger = Authority(f"{self.world.folder}/other", "Other CA")
        self.slapd.person("hal@plain.lab", userCertificate=der(self.hal))
        self.slapd.person("ivy@plain.lab", userCertificate=der(stranger.issue_for_mail("ivy@plain.lab")))
        self.slapd.person("jim@plain.lab", userCertificate=der(self.world.ca.issue_for_mail("eve@plain.lab")))
        self.slapd.person("may@plain.lab", userSMIMECertificate=self.signed("may@plain.lab"))
        self.zone("office.lab", f"keys A {POLICY_ADDRESS}\nldap A {LDAP}\nstall A {STALLS}\n")
        self.stack.enter_context(self.slapd)
        for port in (443, 636):
            listener = self.stack.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((STALLS, port))
            listener.listen()  # and nobody ever accepts

    def signed(self, address):
        """A signed message, as programs put them in userSMIMECertificate."""
        made = self.world.ca.issue_for_mail(address)
        return subprocess.run(
            ["openssl", "cms", "-sign", "-outform", "DER", "-signer", made.chain, "-inkey", made.key],
            input=b"x", check=True, capture_output=True,
        ).stdout  # fmt: skip

    def key(self, address, **options):
        """A new key of somebody, in octets."""
        return self.others.export(self.others.generate(address, **options))

    def find(self, address):
        """(status, the keys, what was said on stderr)"""
        done = self.office.daemon.try_letterlock("key", "find", address, "--json")
        return done.returncode, [json.loads(x) for x in done.stdout.splitlines()], done.stderr

    def locked(self, address, name):
        """Sends to somebody; the proof of the lock."""
        accepted, said = self.office.send(address, letter(address, name=name))
        tap.true(accepted, said)
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        return self.office.fate(name)["proof"]["lock"]

    def held(self, address, name):
        """Sends to somebody; the record of the letter, which is held."""
        accepted, said = self.office.send(address, letter(address, name=name))
        tap.true(accepted, said)
        return self.office.daemon.wait_letter(name, "held")
