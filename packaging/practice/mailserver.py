# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small mail server for practice: takes letters on one port, with or without TLS and AUTH.

It keeps what it takes as files, one for each letter, and never sends anything anywhere.
"""

import base64
import os
import socketserver
import ssl
import threading
import time

BANNER = "practice mail server"
SIZE = 50 * 1024 * 1024


def context(certificate, weak=False):
    """The TLS side of a server; @weak: nothing newer than TLS 1.1, as long-forgotten servers."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate.chain, certificate.key)
    if weak:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = ssl.TLSVersion.TLSv1
        made.maximum_version = ssl.TLSVersion.TLSv1_1
    return made


class Session(socketserver.StreamRequestHandler):
    """One connection. The server object says what is offered."""

    timeout = 300
    disable_nagle_algorithm = True

    def setup(self):
        if self.server.implicit:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()
        self.secure = self.server.implicit
        self.signed_in = not self.server.users
        self.sender, self.recipients = None, []

    def say(self, *lines):
        code = lines[0][:3]
        texts = [lines[0][4:], *lines[1:]]
        wire = "".join(f"{code}-{t}\r\n" for t in texts[:-1]) + f"{code} {texts[-1]}\r\n"
        self.wfile.write(wire.encode())

    def handle(self):
        try:
            self.say(f"220 {self.server.name} ESMTP {BANNER}")
            while line := self.rfile.readline(16384):
                verb, _, rest = line.decode(errors="replace").strip().partition(" ")
                action = getattr(self, "do_" + verb.lower(), None)
                if action is None:
                    self.say("502 5.5.1 No such command")
                elif action(rest) is False:
                    return
        except (OSError, ValueError):
            return  # the other side went away, or does not like our certificate

    # -- greeting and TLS ------------------------------------------------------------

    def do_helo(self, _):
        self.say(f"250 {self.server.name}")

    def do_ehlo(self, _):
        lines = [f"250 {self.server.name}", "PIPELINING", f"SIZE {SIZE}", "8BITMIME", "SMTPUTF8"]
        lines += ["ENHANCEDSTATUSCODES", "DSN"]
        if self.server.tls and not self.secure:
            lines.append("STARTTLS")
        if self.server.users and self.secure:
            lines.append("AUTH PLAIN LOGIN")
        self.say(*lines)

    def do_starttls(self, _):
        if not self.server.tls or self.secure:
            self.say("502 5.5.1 No TLS here")
            return True
        self.say("220 2.0.0 Go ahead")
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.request)
        self.secure = True
        return True

    # -- who ----------------------------------------------------------------------------

    def do_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        if not self.secure:
            self.say("530 5.7.0 First STARTTLS")
            return
        if mechanism.upper() == "PLAIN":
            _, user, password = self._ask(initial, "").split("\0")
        elif mechanism.upper() == "LOGIN":
            user = self._ask(initial, "Username:")
            password = self._ask("", "Password:")
        else:
            self.say("504 5.5.4 PLAIN or LOGIN")
            return
        self.signed_in = self.server.users.get(user) == password
        self.say("235 2.7.0 Welcome" if self.signed_in else "535 5.7.8 Wrong user name or password")

    def _ask(self, given, prompt):
        if not given:
            self.say("334 " + base64.b64encode(prompt.encode()).decode())
            given = self.rfile.readline(16384).decode().strip()
        return base64.b64decode(given).decode()

    # -- letters ------------------------------------------------------------------------

    def do_mail(self, rest):
        if not self.signed_in:
            self.say("530 5.7.0 Sign in first")
            return
        self.sender, self.recipients = rest.partition(">")[0].partition("<")[2], []
        self.say("250 2.1.0 Ok")

    def do_rcpt(self, rest):
        self.recipients.append(rest.partition(">")[0].partition("<")[2])
        self.say("250 2.1.5 Ok")

    def do_data(self, _):
        if not self.recipients:
            self.say("503 5.5.1 For whom?")
            return True
        self.say("354 End with a dot on a line by itself")
        letter = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            letter.append(line[1:] if line.startswith(b".") else line)
        number = self.server.keep(self.sender, self.recipients, b"".join(letter))
        self.sender, self.recipients = None, []
        self.say(f"250 2.0.0 Ok: taken as letter {number}")
        return True

    def do_rset(self, _):
        self.sender, self.recipients = None, []
        self.say("250 2.0.0 Ok")

    def do_noop(self, _):
        self.say("250 2.0.0 Ok")

    def do_quit(self, _):
        self.say("221 2.0.0 Bye")
        return False


class MailServer(socketserver.ThreadingTCPServer):
    """Serves in a thread from start() to stop().

    certificate: none means that no TLS is offered; users: {name: password} means that they must
    sign in first; folder: where letters are kept, as NUMBER.eml with the envelope on top.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, address, port, name, certificate=None, *, folder=None, users=None, implicit=False,
        weak=False,
    ):  # fmt: skip
        self.name = name
        self.tls = context(certificate, weak) if certificate else None
        self.users = users or {}
        self.implicit = implicit
        self.folder = folder
        self.lock = threading.Lock()
        if folder:
            os.makedirs(folder, exist_ok=True)
        super().__init__((address, port), Session)

    def keep(self, sender, recipients, letter):
        with self.lock:
            number = len(os.listdir(self.folder)) + 1 if self.folder else 0
            if self.folder:
                head = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
                head += f"X-Received: {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}\r\n"
                with open(os.path.join(self.folder, f"{number}.eml"), "wb") as file:
                    file.write(head.encode() + letter)
            return number

    def handle_error(self, request, client_address):
        pass  # scanners and aborted handshakes are no news

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()
