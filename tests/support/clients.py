# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real mail programs that submit a letter: swaks, curl, msmtp, s-nail, Python's smtplib.

Each takes (login, sender, recipients, letter) and returns (accepted, what it said); @login has
username and password as `account add --json` gave them, and ca: the file to trust.
"""

import os
import smtplib
import ssl
import subprocess
import tempfile
from dataclasses import dataclass

HOST = "127.0.0.1"
SMTP = 1587
SMTPS = 1465


@dataclass
class Login:
    username: str
    password: str
    ca: str = None
    smtp: int = SMTP
    smtps: int = SMTPS
    host: str = HOST


def _run(arguments, **more):
    more.setdefault("timeout", 120)
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    done = subprocess.run(arguments, capture_output=True, **more)
    return done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def swaks(login, sender, recipients, letter, *more, tls=False, secret="PLAIN"):
    with tempfile.NamedTemporaryFile(suffix=".eml") as file:
        file.write(letter.removesuffix(b"\r\n"))  # swaks adds one
        file.flush()
        port = login.smtps if tls == "implicit" else login.smtp
        arguments = ["swaks", "--server", f"{login.host}:{port}"]
        arguments += ["--from", sender, "--to", ",".join(recipients), "--data", "@" + file.name]
        if secret:
            arguments += ["--auth", secret, "--auth-user", login.username]
            arguments += ["--auth-password", login.password]
        if tls == "implicit":
            arguments += ["--tls-on-connect"]
        elif tls:
            arguments += ["-tls"]
        return _run([*arguments, *more])


def curl(login, sender, recipients, letter, *more, tls=False):
    scheme, port = ("smtps", login.smtps) if tls == "implicit" else ("smtp", login.smtp)
    arguments = ["curl", "-sS", "-v", f"{scheme}://localhost:{port}/client.example"]
    if tls:
        arguments += ["--ssl-reqd", "--cacert", login.ca]
    arguments += ["--user", f"{login.username}:{login.password}", "--mail-from", sender]
    for recipient in recipients:
        arguments += ["--mail-rcpt", recipient]
    return _run([*arguments, "--upload-file", "-", *more], input=letter)


def msmtp(login, sender, recipients, letter, *more, tls=False):
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "msmtprc")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                f"account default\nhost localhost\nport {login.smtps if tls == 'implicit' else login.smtp}\n"
                f"auth plain\nuser {login.username}\npassword {login.password}\nfrom {sender}\n"
                f"tls {'on' if tls else 'off'}\ntls_starttls {'off' if tls == 'implicit' else 'on'}\n"
            )
            if tls:
                file.write(f"tls_trust_file {login.ca}\n")
        os.chmod(config, 0o600)
        arguments = ["msmtp", "-C", config, "-f", sender, *more, "--", *recipients]
        return _run(arguments, input=letter.replace(b"\r\n", b"\n"))


def s_nail(login, sender, recipients, letter, *more, tls=False):
    """Writes the letter itself: only the body of @letter is given to it."""
    headers, _, body = letter.partition(b"\r\n\r\n")
    subject = next(
        (x[9:] for x in headers.split(b"\r\n") if x.lower().startswith(b"subject: ")), b"letter"
    )
    scheme, port = ("smtps", login.smtps) if tls == "implicit" else ("smtp", login.smtp)
    quoted = login.username.replace("@", "%40")
    options = [
        "v15-compat", f"mta={scheme}://{quoted}:{login.password}@localhost:{port}",
        "smtp-auth=plain", "sendwait", f"from={sender}",
    ]  # fmt: skip
    if tls:
        options += [f"tls-ca-file={login.ca}", "tls-verify=strict"]
    if tls is True:
        options.append("smtp-use-starttls")
    arguments = ["s-nail", "-:/", "-s", subject.decode(errors="replace")]
    for option in options:
        arguments += ["-S", option]
    return _run([*arguments, *more, *recipients], input=body.replace(b"\r\n", b"\n"))


def python(login, sender, recipients, letter, *, tls=False, options=()):
    context = ssl.create_default_context(cafile=login.ca) if tls else None
    try:
        if tls == "implicit":
            server = smtplib.SMTP_SSL("localhost", login.smtps, timeout=120, context=context)
        else:
            server = smtplib.SMTP(login.host, login.smtp, timeout=120)
        with server:
            if tls is True:
                server._host = "localhost"
                server.starttls(context=context)
            server.login(login.username, login.password)
            refused = server.sendmail(sender, recipients, letter, mail_options=list(options))
            return True, repr(refused)
    except (smtplib.SMTPException, OSError) as error:
        return False, repr(error)


ALL = {"swaks": swaks, "curl": curl, "msmtp": msmtp, "s-nail": s_nail, "smtplib": python}


class Conversation:
    """An SMTP client that says exactly what a test tells it, and gives the replies."""

    def __init__(self, port=SMTP, host=HOST, implicit=None):
        import socket

        self.socket = socket.create_connection((host, port), timeout=60)
        if implicit:
            self.socket = implicit.wrap_socket(self.socket, server_hostname="localhost")
        self.file = self.socket.makefile("rb")

    def starttls(self, context):
        self.file.close()
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.file = self.socket.makefile("rb")

    def raw(self, data):
        self.socket.sendall(data)

    def reply(self):
        """(code, text of all lines), or (None, "") when the other side closed."""
        lines = []
        while True:
            try:
                line = self.file.readline()
            except ConnectionError:
                line = b""
            if not line:
                return None, "\n".join(lines)
            lines.append(line.decode(errors="replace").rstrip("\r\n"))
            if line[3:4] != b"-":
                return int(line[:3]), "\n".join(x[4:] for x in lines)

    def say(self, line):
        self.raw(line.encode() + b"\r\n" if isinstance(line, str) else line + b"\r\n")
        return self.reply()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
