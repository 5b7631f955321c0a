# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Evolution on a desktop without a screen, with account sources of its own, worked through
AT-SPI as a person would. Its data server and its keyring are real, too."""

import os
import subprocess

import reader
from process import Program

PROGRAM = "/usr/bin/evolution"
REGISTRY = "/usr/libexec/evolution-source-registry"
SOURCES = "org.gnome.evolution.dataserver.Sources5"
PRESSABLE = ("push button", "button", "toggle button", "menu item")
ACCOUNT = """\
[Data Source]
DisplayName=Practice
Enabled=true
Parent=

[Mail Account]
BackendName=none
IdentityUid={name}-identity
"""
IDENTITY = """\
[Data Source]
DisplayName=Practice
Enabled=true
Parent={name}

[Mail Identity]
Address={address}
Aliases={aliases}
Name=Anna
Organization=
ReplyTo=
SignatureUid=none

[Mail Submission]
SentFolder=folder://local/Sent
TransportUid={name}-transport
RepliesToOriginFolder=false

[Mail Composition]
Bcc=
Cc=
DraftsFolder=folder://local/Drafts
TemplatesFolder=folder://local/Templates
"""
TRANSPORT = """\
[Data Source]
DisplayName=Practice
Enabled=true
Parent={name}

[Mail Transport]
BackendName=smtp

[Authentication]
CredentialName=
Host={host}
IsExternal=false
Method={method}
Port={port}
ProxyUid=system-proxy
RememberPassword=true
User={user}

[Security]
Method={security}

[Smtp Backend]
ReencodeData=false
EhloHostname=
"""


class Evolution:
    """@environment: HOME and what else the user's programs have; @desktop with its bus."""

    def __init__(self, folder, desktop, environment):
        self.folder = folder
        self.desktop = desktop
        self.environment = {**environment, **desktop.environment, "GTK_USE_PORTAL": "0"}
        del self.environment["G_DEBUG"]  # its criticals are its own affair
        self.sources = os.path.join(environment["XDG_CONFIG_HOME"], "evolution", "sources")
        os.makedirs(folder, exist_ok=True)
        os.makedirs(self.sources, exist_ok=True)

    @staticmethod
    def is_there():
        return os.path.exists(PROGRAM) and os.path.exists(REGISTRY)

    def add_account(self, name, address, host, port, user, security="ssl-on-alternate-port", method="PLAIN", aliases=""):
        words = {"name": name, "address": address, "host": host, "port": port, "user": user,
                 "security": security, "method": method, "aliases": aliases}  # fmt: skip
        for ending, text in (("", ACCOUNT), ("-identity", IDENTITY), ("-transport", TRANSPORT)):
            with open(os.path.join(self.sources, f"{name}{ending}.source"), "w", encoding="utf-8") as file:
                file.write(text.format(**words))

    def save_password(self, uid, password):
        """As Evolution would have saved it."""
        subprocess.run(
            ["secret-tool", "store", "--label", "Evolution", "e-source-uid", uid, "eds-origin", "evolution-data-server"],
            input=password, text=True, check=True, env=self.environment,
        )  # fmt: skip

    # -- running ---------------------------------------------------------------------------------------

    def __enter__(self):
        """Its data server first: what the bus would start has another home."""
        self.environment_for_services()
        self.registry = Program(
            "evolution-source-registry", [REGISTRY], os.path.join(self.folder, "registry.log"), env=self.environment
        )
        self.registry.wait_until(lambda: self.has_owner(SOURCES), "it answers")
        return self

    def __exit__(self, *_):
        self.registry.stop()

    def environment_for_services(self):
        words = ", ".join(f"'{k}': '{v}'" for k, v in self.environment.items() if "'" not in v)
        self.call("UpdateActivationEnvironment", "{" + words + "}")

    def call(self, method, *arguments, name="org.freedesktop.DBus", path="/org/freedesktop/DBus"):
        return subprocess.run(
            ["gdbus", "call", "--session", "--dest", name, "--object-path", path,
             "--method", f"org.freedesktop.DBus.{method}", *arguments],
            env=self.environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    def registry_says(self, text):
        """What Evolution will be told, whatever stands in the files."""
        path = "/org/gnome/evolution/dataserver/SourceManager"
        return text in self.call("ObjectManager.GetManagedObjects", name=SOURCES, path=path)

    def has_owner(self, name):
        return "true" in self.call("NameHasOwner", name)

    def start(self, *arguments):
        """With a letter that is being written ("mailto:..."), or alone."""
        os.environ.update(self.desktop.environment)
        self.program = Program(
            "evolution", [PROGRAM, "--force-online", *arguments], os.path.join(self.folder, "evolution.log"), env=self.environment
        )
        self.reader = reader.Reader(self.program.pid)
        self.program.wait_until(lambda: self.reader.root() is not None, "its window is there")

    def send(self, address, subject, accepts=False):
        """Writes a letter and presses Send; returns once it has left. @accepts: an unknown
        certificate, as a person did long ago."""
        self.start(f"mailto:{address}?subject={subject}&body=From%20a%20real%20Evolution")
        self.program.wait_until(lambda: self.reader.press("Send", PRESSABLE), "Send can be pressed")
        if accepts:
            self.program.wait_until(lambda: self.reader.press("Accept Permanently", PRESSABLE), "it is accepted")
        self.program.wait_end()  # by itself, with its last window

    def quit(self):
        subprocess.run([PROGRAM, "--quit"], env=self.environment, capture_output=True, check=True)
        self.program.wait_end()
