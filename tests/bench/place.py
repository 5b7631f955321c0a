# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The place in which everything is measured: a signed DNS, a provider that costs next to nothing,
a recipient's server, and Letterlock between them. All of it on a loopback of its own."""

import contextlib
import os

import certificates
import namespace
from daemon import Daemon
from measure import Tree, tool
from process import Program, run
from zones import Lab

PROVIDER = "127.0.0.25"
STARTTLS, IMPLICIT = 587, 465
RECIPIENTS = "127.0.1.1"
NAME_SERVER, RESOLVER = "127.0.0.54", "127.0.0.53"
NAME = "sink.lab"
LETTERLOCK = 1587


def sink(where, address, port, certificate, security, arrivals, wrapper=(), reached=None):
    """A server of sink.c; stopped by its owner. @reached: the address to try."""
    command = [*wrapper, tool("sink"), address, str(port), certificate.chain, certificate.key]
    program = Program(
        f"sink {address}:{port}", [*command, security, arrivals],
        os.path.join(where, f"sink-{address}-{port}.log"),
    )  # fmt: skip
    return program.wait_port(reached or address, port)


class Measured(Daemon):
    """letterlockd as the root of a tree that can be measured."""

    def start(self, ready=True):
        self.starts += 1
        command = [*self.wrapper, os.path.join(os.environ["LETTERLOCK_BINARIES"], "letterlockd")]
        self.program = Tree(
            "letterlockd", command, os.path.join(self.folder, "letterlockd.log"),
            env=self.environment, cwd=self.folder,
        )  # fmt: skip
        if ready:
            self.program.wait_until(self._answers, "its private socket answers")
        return self


class Site(contextlib.ExitStack):
    def __init__(self, folder):
        super().__init__()
        namespace.require_alone()
        os.chmod(folder, 0o755)
        self.folder = folder
        self.arrivals = os.path.join(folder, "arrivals")
        namespace.private_etc(folder, RESOLVER)
        self.callback(run, ["umount", "--lazy", "/etc"])  # another series has its own
        with open("/etc/hosts", "a", encoding="ascii") as file:
            file.write(f"{PROVIDER} {NAME}\n")
        self.ca = certificates.Authority(os.path.join(folder, "ca"))
        os.chmod(self.ca.file, 0o644)
        self.lab = Lab(os.path.join(folder, "dns"))
        self.lab.zone("practice.lab", f"@ MX 10 mx\nmx A {RECIPIENTS}\n", signed=False)

    def __enter__(self):
        super().__enter__()
        self.callback(self.lab.stop)
        self.lab.start(NAME_SERVER, 53)
        self.lab.start_resolver(RESOLVER, 53)
        provider = self.ca.issue(PROVIDER, names=[PROVIDER, NAME], stem="provider")
        recipients = self.ca.issue("mx.practice.lab")
        for address, port, certificate, security in (
            (PROVIDER, STARTTLS, provider, "starttls"),
            (PROVIDER, IMPLICIT, provider, "tls"),
            (RECIPIENTS, 25, recipients, "starttls"),
        ):
            self.enter_context(
                sink(self.folder, address, port, certificate, security, self.arrivals)
            )
        return self

    def daemon(self, name="letterlock", environment=None, **groups):
        """Not started yet."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        config = {
            "network": {
                "resolvers": [RESOLVER],
                "trust-anchor": str(self.lab.anchor),
                "ca-file": self.ca.file,
                "allow-private-addresses": True,
            },
            "policy": {"preset": "everyday"},
        }
        for group, keys in groups.items():
            config.setdefault(group, {}).update(keys)
        return Measured(folder, config, environment=environment)

    def direct(self):
        """What load.c needs to talk to the provider itself."""
        return target(PROVIDER, STARTTLS, "starttls", ca=self.ca.file, user="u", password="p")

    def through(self, daemon, host=PROVIDER, port=STARTTLS, security="starttls"):
        """Adds the account; what load.c needs to talk to @daemon."""
        account = daemon.add_account(
            "doctor@practice.lab", f"{host}:{port}", "--address", "*@practice.lab",
            security=security, password="p",
        )  # fmt: skip
        return target(
            "127.0.0.1", LETTERLOCK, "none",
            user=account["username"], password=account["password"],
        )  # fmt: skip


def target(host, port, security, to="someone@practice.lab", **more):
    arguments = ["--host", host, "--port", str(port), "--security", security]
    arguments += ["--from", "doctor@practice.lab", "--to", to]
    for name, value in more.items():
        arguments += ["--" + name, value]
    return arguments
