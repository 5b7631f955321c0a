# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mailbox that takes messages by IMAP APPEND over STARTTLS, and nothing else.

    box = ImapBox(certificate)
    box.messages          # [{"flags", "text"}]
    box.commands          # every command line, without tags
"""

import base64
import re
import socket
import ssl
import threading

CLEAR = "IMAP4rev1 STARTTLS LOGINDISABLED"
SAFE = "IMAP4rev1 AUTH=PLAIN"


class ImapBox:
    def __init__(self, certificate, *, users=None, starttls=True, append="OK done"):
        self.users = users or {"anna": "secret"}
        self.capabilities = CLEAR if starttls else "IMAP4rev1 AUTH=PLAIN"
        self.append = append
        self.messages, self.commands = [], []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate.chain, certificate.key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            raw, _ = self.listener.accept()
            threading.Thread(target=self.talk, args=[raw], daemon=True).start()

    def talk(self, raw):
        try:
            self.session(raw)
        except (OSError, EOFError, ssl.SSLError):
            raw.close()

    def session(self, raw):
        safe = False
        stream = raw.makefile("rwb", buffering=0)
        say(stream, "* OK ready")
        while True:
            tag, command = line_of(stream).split(" ", 1)
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb == "CAPABILITY":
                say(stream, "* CAPABILITY " + (SAFE if safe else self.capabilities))
            elif verb == "STARTTLS":
                say(stream, f"{tag} OK go")
                raw = self.context.wrap_socket(raw, server_side=True)
                stream, safe = raw.makefile("rwb", buffering=0), True
                continue
            elif verb == "AUTHENTICATE" and not self.sign_in(stream):
                say(stream, f"{tag} NO wrong")
                continue
            elif verb == "SELECT":
                say(stream, f"* {len(self.messages)} EXISTS")
            elif verb == "STORE":
                self.messages[-1]["flags"] = ""
            elif verb == "APPEND":
                self.take(stream, command)
                say(stream, f"{tag} {self.append}")
                continue
            say(stream, f"{tag} OK")

    def sign_in(self, stream):
        say(stream, "+ ")
        _, name, password = base64.b64decode(line_of(stream)).decode().split("\0")
        return self.users.get(name) == password

    def take(self, stream, command):
        size = int(re.search(r"\{(\d+)\}$", command).group(1))
        say(stream, "+ go")
        text = b""
        while len(text) < size:
            text += stream.read(size - len(text))
        line_of(stream)
        flags = re.search(r"\((.*?)\)", command)
        self.messages.append({"flags": flags.group(1) if flags else "", "text": text.decode()})


def say(stream, text):
    stream.write(text.encode() + b"\r\n")


def line_of(stream):
    line = stream.readline()
    if not line:
        raise EOFError
    return line.decode().rstrip("\r\n")


def listen(arguments, find):
    return ImapBox(find(arguments.pop("certificate")), **arguments)
