# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server that misbehaves exactly where it is told to.

    with FaultServer(certificate, faults={"dot": "close"}) as server:
        ...                              # server.port on server.address
        server.letters                   # [{"sender", "recipients", "content", "answered"}]
        server.commands                  # every command line of every connection

`faults` maps a stage to what happens there instead of the right thing:

    "451 4.3.0 later"   this reply; with a list, one for each time, the last one for ever
    "stall"             no answer, until the server stops
    "close"             the connection is closed
    "421 bye;close"     reply, then close
    "wait;451 later"    the reply comes when the test sets server.go_on
    None                as it should be (for lists)

Stages: greeting ehlo starttls handshake ehlo-tls auth mail mail-requiretls rcpt data content
dot bdat rset quit; "rcpt bob@x.lab" for one recipient. "content" is in the middle of it, "dot"
after its end, when the letter was taken. With "starttls": "inject 250-REQUIRETLS" sends that in
clear, in one segment with the 220.

As a program it takes one JSON object a line on stdin: {"listen": {...}} with the arguments below
answers {"port": N}; {"ask": N} answers {"letters", "commands", "sessions"},
with "idle": true when no connection is open; {"imap": {...}}
opens a mailbox of imap_box.py, {"proxy": {...}} one of proxies.py; the end of stdin ends it. Certificates are named: good rsa weak expired early wrong-name cn-only self-signed untrusted.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import socket
import ssl
import struct
import sys
import tempfile
import threading
import warnings

import imap_box
from proxies import Proxy

OFFERS = ["PIPELINING", "SIZE 10240000", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"]


class Closed(Exception):
    pass


class Session:
    """One connection, in a thread of its own."""

    def __init__(self, server, raw):
        self.server = server
        self.raw = raw
        self.tls = False
        self.input = b""
        self.signed_in = False

    # -- bytes ---------------------------------------------------------------

    def fill(self):
        got = self.raw.recv(65536)
        if not got:
            raise Closed
        self.input += got

    def line(self):
        while b"\r\n" not in self.input:
            self.fill()
        line, self.input = self.input.split(b"\r\n", 1)
        return line.decode("utf-8", "surrogateescape")

    def exactly(self, count):
        while len(self.input) < count:
            self.fill()
        taken, self.input = self.input[:count], self.input[count:]
        return taken

    def send(self, text):
        self.raw.sendall(text.replace("\n", "\r\n").encode() + b"\r\n")

    def reset_connection(self):
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Closed

    # -- faults --------------------------------------------------------------

    def act(self, stage, default, also=()):
        """Answers; returns whether it was the right answer."""
        fault = None
        for name in (*also, stage):
            fault = self.server.fault(name)
            if fault is not None:
                break
        if fault is None:
            if default:
                self.send(default)
            return True
        for word in fault.split(";"):
            if word == "stall":
                self.server.stopped.wait()
                raise Closed
            if word == "close":
                raise Closed
            if word == "reset":
                self.reset_connection()
            if word == "wait":
                self.server.go_on.wait()
                continue
            self.send(word)
        return fault.removeprefix("wait;")[0] in "23"

    # -- the conversation -------------------------------------------------------

    def start_tls(self):
        fault = self.server.fault("handshake")
        if fault == "stall":
            self.server.stopped.wait()
        if fault is not None:
            raise Closed
        self.raw = self.server.context.wrap_socket(self.raw, server_side=True)
        self.tls = True
        self.input = b""
        self.server.sessions.append(
            {"tls": self.raw.version(), "resumed": self.raw.session_reused,
             "client": bool(self.raw.getpeercert())}
        )  # fmt: skip

    def ehlo(self):
        offers = list(self.server.offers)
        if not self.tls:
            offers = list(self.server.clear_offers)
        elif self.server.mechanisms:
            offers.append("AUTH " + " ".join(self.server.mechanisms))
        lines = ["fault.lab", *offers]
        text = "\n".join(f"250-{one}" for one in lines[:-1]) + f"\n250 {lines[-1]}"
        self.act("ehlo-tls" if self.tls else "ehlo", text.lstrip("\n"))

    def do_starttls(self):
        fault = self.server.fault("starttls")
        if fault is not None and fault.startswith("inject "):
            self.send("220 2.0.0 go\n" + fault.removeprefix("inject "))
        elif fault is None:
            self.send("220 2.0.0 go")
        else:
            self.server.faults["starttls"] = fault
            if not self.act("starttls", ""):
                return
        self.start_tls()

    def challenge(self, text):
        self.send("334 " + base64.b64encode(text.encode()).decode())
        return base64.b64decode(self.line()).decode()

    def password_of(self, words):
        """The name and whether the password was right."""
        mechanism = words[1].upper()
        if mechanism == "PLAIN":
            _, name, password = base64.b64decode(words[2]).decode().split("\0")
            return name, self.server.users.get(name) == password
        if mechanism == "LOGIN":
            name = self.challenge("Username:")
            return name, self.server.users.get(name) == self.challenge("Password:")
        if mechanism == "SCRAM-SHA-256":
            return self.scram(base64.b64decode(words[2]).decode())
        return "", mechanism == "EXTERNAL" and bool(self.raw.getpeercert())

    def scram(self, first):
        bare = first.split(",", 2)[2]
        fields = dict(part.split("=", 1) for part in bare.split(","))
        nonce = fields["r"] + secrets.token_hex(9)
        salt = secrets.token_bytes(16)
        reply = f"r={nonce},s={base64.b64encode(salt).decode()},i=4096"
        final = self.challenge(reply)
        without, proof = final.rsplit(",p=", 1)
        password = self.server.users.get(fields["n"], "").encode()
        salted = hashlib.pbkdf2_hmac("sha256", password, salt, 4096)
        message = ",".join([bare, reply, without]).encode()
        key = hmac.digest(salted, b"Client Key", "sha256")
        stored = hashlib.sha256(key).digest()
        mask = hmac.digest(stored, message, "sha256")
        if base64.b64decode(proof) != bytes(a ^ b for a, b in zip(key, mask)):
            return fields["n"], False
        own = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        if self.server.fault("scram-proof") is not None:
            own = bytes(32)
        self.challenge("v=" + base64.b64encode(own).decode())
        return fields["n"], True

    def auth(self, line):
        words = line.split(" ")
        if self.server.fault_is_set("auth"):
            self.act("auth", "")
            return
        name, good = self.password_of(words)
        self.signed_in = good
        self.server.names.append(name)
        self.send("235 2.7.0 welcome" if good else "535 5.7.8 wrong name or password")

    def mail(self, line):
        if self.server.mechanisms and not self.signed_in:
            self.send("530 5.7.0 sign in first")
            return
        also = ["mail-requiretls"] if "REQUIRETLS" in line.upper().split() else []
        if self.act("mail", "250 2.1.0 ok", also):
            self.letter = {"sender": line, "recipients": [], "content": "", "answered": False}

    def rcpt(self, line):
        address = re.search(r"<(.*?)>", line)
        if self.letter is None:
            self.send("503 5.5.1 MAIL first")
        elif self.act("rcpt", "250 2.1.5 ok", ["rcpt " + (address.group(1) if address else "")]):
            self.letter["recipients"].append(line)

    def take(self, content, default):
        """The whole letter is here."""
        letter, self.letter = self.letter, None
        letter["content"] = content.decode("latin-1")
        self.server.letters.append(letter)
        letter["answered"] = self.act("dot", default)

    def data(self):
        if self.letter is None or not self.letter["recipients"]:
            self.send("554 5.5.1 no valid recipients")
            return
        if not self.act("data", "354 go"):
            self.letter = None
            return
        while b"\r\n.\r\n" not in b"\r\n" + self.input:
            if self.server.fault_is_set("content") and self.input:
                self.act("content", "")
            self.fill()
        if self.server.fault_is_set("content"):
            self.act("content", "")
        content, self.input = (b"\r\n" + self.input).split(b"\r\n.\r\n", 1)
        self.take((content + b"\r\n").replace(b"\r\n..", b"\r\n.")[2:], "250 2.0.0 taken")

    def bdat(self, line):
        words = line.split(" ")
        size = int(words[1])
        if self.letter is None or not self.letter["recipients"]:
            self.exactly(size)
            self.send("503 5.5.1 no recipients")
            return
        if self.server.fault_is_set("content"):
            self.exactly(min(size, 10))
            self.act("content", "")
        content = self.exactly(size)
        if not self.server.fault_is_set("bdat"):
            self.take(content, f"250 2.0.0 {size} bytes taken")
        else:
            self.act("bdat", "")

    def one_command(self, line):
        verb = line.split(" ")[0].upper()
        if verb in ("EHLO", "HELO"):
            self.ehlo()
        elif verb == "STARTTLS" and not self.tls:
            self.do_starttls()
        elif verb == "AUTH":
            self.auth(line)
        elif verb == "MAIL":
            self.mail(line)
        elif verb == "RCPT":
            self.rcpt(line)
        elif verb == "DATA":
            self.data()
        elif verb == "BDAT":
            self.bdat(line)
        elif verb == "RSET":
            self.letter = None
            self.act("rset", "250 2.0.0 ok")
        elif verb == "QUIT":
            self.act("quit", "221 2.0.0 bye")
            raise Closed
        else:
            self.send("502 5.5.1 what?")

    def run(self):
        self.letter = None
        try:
            if self.server.implicit:
                self.start_tls()
            self.act("greeting", "220 fault.lab ESMTP")
            while True:
                line = self.line()
                self.server.commands.append(line)
                self.one_command(line)
        except (Closed, OSError, ssl.SSLError):
            pass
        finally:
            self.raw.close()
            self.server.closed()


class FaultServer:
    """@implicit: TLS at once, else STARTTLS; @clear: no TLS at all is offered."""

    def __init__(self, certificate=None, *, faults=None, implicit=True, address="127.0.0.1", port=0,
                 offers=OFFERS, clear_offers=("STARTTLS",), mechanisms=("PLAIN", "LOGIN"),
                 users=None, client_ca=None, ciphers=None, maximum=None):  # fmt: skip
        self.faults = dict(faults or {})
        self.implicit = implicit
        self.address = address
        self.offers = offers
        self.clear_offers = clear_offers
        self.mechanisms = mechanisms
        self.users = users or {"anna": "secret"}
        self.commands, self.letters, self.sessions, self.names = [], [], [], []
        self.connections = self.open = 0
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.stopped = threading.Event()
        self.go_on = threading.Event()
        self.context = self.make_context(certificate, client_ca, ciphers, maximum)
        self.listener = socket.create_server((address, port))
        self.port = self.listener.getsockname()[1]
        self.sockets = []

    @staticmethod
    def make_context(certificate, client_ca, ciphers, maximum):
        if certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers(ciphers or "DEFAULT:@SECLEVEL=0")
        if maximum:
            context.minimum_version = maximum
            context.maximum_version = maximum
        context.load_cert_chain(certificate.chain, certificate.key)
        if client_ca:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(client_ca)
        return context

    def fault_is_set(self, stage):
        """Whether there is one now. Looks only."""
        fault = self.faults.get(stage)
        return fault[0] is not None if isinstance(fault, list) and fault else bool(fault)

    def fault(self, stage):
        """The one for this time. Of a list, the last one stays."""
        with self.lock:
            fault = self.faults.get(stage)
            if isinstance(fault, list):
                return fault.pop(0) if len(fault) > 1 else fault[0]
            return fault

    def closed(self):
        with self.lock:
            self.open -= 1
            self.changed.notify_all()

    def wait_idle(self):
        """Returns when no connection is open."""
        with self.lock:
            self.changed.wait_for(lambda: self.open == 0)

    def serve(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections += 1
                self.open += 1
                self.sockets.append(raw)
            threading.Thread(target=Session(self, raw).run, daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.go_on.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for raw in self.sockets:
                with contextlib.suppress(OSError):
                    raw.shutdown(socket.SHUT_RDWR)


def named_certificates(folder):
    """Made when they are first asked for; "ca" and "client" are files for the other side."""
    import certificates

    ca = certificates.Authority(folder)

    def other():
        return certificates.Authority(os.path.join(folder, "other"), "Other CA")

    makers = {
        "good": lambda: ca.issue("localhost", stem="good"),
        "rsa": lambda: ca.issue("localhost", key="rsa2048", stem="rsa"),
        "weak": lambda: ca.issue("localhost", key="rsa1024", stem="weak"),
        "expired": lambda: ca.issue("localhost", expired=True, stem="expired"),
        "early": lambda: ca.issue("localhost", early=True, stem="early"),
        "wrong-name": lambda: ca.issue("other.lab", stem="wrong-name"),
        "cn-only": lambda: ca.issue("localhost", cn_only=True, stem="cn-only"),
        "self-signed": lambda: certificates.self_signed(folder, "localhost", stem="self-signed"),
        "untrusted": lambda: other().issue("localhost"),
        "client": lambda: ca.issue("anna", client=True, stem="client"),
    }
    made = {}

    def find(name):
        if name not in made:
            made[name] = makers[name]()
        return made[name]

    return ca, find


def listen(arguments, ca, find):
    name = arguments.pop("certificate", None)
    if arguments.pop("client_certificates", False):
        arguments["client_ca"] = ca.file
    if arguments.pop("old", False):
        arguments.update(maximum=ssl.TLSVersion.TLSv1_1, ciphers="ALL:@SECLEVEL=0")
    server = FaultServer(find(name) if name else None, **arguments)
    return server.__enter__()


def main():
    warnings.simplefilter("ignore", DeprecationWarning)  # old TLS is what is asked for
    servers = {}
    with tempfile.TemporaryDirectory(prefix="ll-faults-") as folder:
        ca, find = named_certificates(folder)
        for line in sys.stdin:
            order = json.loads(line)
            if "listen" in order:
                server = listen(order["listen"], ca, find)
                servers[server.port] = server
                answer = {"port": server.port}
            elif "proxy" in order:
                server = Proxy(**order["proxy"])
                servers[server.port] = server
                answer = {"port": server.port}
            elif "ask" in order and isinstance(servers[order["ask"]], Proxy):
                answer = {"asked": servers[order["ask"]].asked}
            elif "imap" in order:
                server = imap_box.listen(order["imap"], find)
                servers[server.port] = server
                answer = {"port": server.port}
            elif "ask" in order and isinstance(servers[order["ask"]], imap_box.ImapBox):
                server = servers[order["ask"]]
                answer = {"messages": server.messages, "commands": server.commands}
            elif "ask" in order:
                server = servers[order["ask"]]
                if order.get("idle"):
                    server.wait_idle()
                answer = {"letters": server.letters, "commands": server.commands,
                          "sessions": server.sessions, "names": server.names,
                          "connections": server.connections}  # fmt: skip
            else:
                one = find(order["certificate"]) if "certificate" in order else None
                answer = {"ca": ca.file}
                if one:
                    answer.update(chain=one.chain, key=one.key, both=one.both, pin=one.pin)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
