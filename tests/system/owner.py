# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 9: only processes of the user it runs as are served, and only after AUTH."""

import os
import pwd
import subprocess

import clients
import tap
from office import Office, letter

# what the other side says first, as text; "" when it closed without a word
ASK = """
import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30)
try:
    print(s.recv(200).decode())
except ConnectionError:
    print("")
"""


def greeting(host, port, user=None):
    def become():
        if user:
            entry = pwd.getpwnam(user)
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)

    done = subprocess.run(
        ["/usr/bin/python3", "-c", ASK, host, str(port)], preexec_fn=become, capture_output=True,
        text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    tap.equal(done.returncode, 0, done.stderr)
    return done.stdout.strip()


def test_own_process(office):
    """The user's own processes are greeted, over both families"""
    for host in ("127.0.0.1", "::1"):
        tap.true(greeting(host, clients.SMTP).startswith("220 "), f"no greeting on {host}")


def test_other_user(office):
    """Another user's process is closed without a word, over both families"""
    for host in ("127.0.0.1", "::1"):
        tap.equal(greeting(host, clients.SMTP, "nobody"), "", f"said on {host}")


def test_auth_is_asked(office):
    """Without AUTH nothing is taken"""
    with clients.Conversation() as talk:
        talk.reply()
        talk.say("EHLO test")
        code, text = talk.say(f"MAIL FROM:<{office.world.sender}>")
        tap.equal(code, 530, text)


def test_local_password_is_not_on_disk(office):
    """The generated password is kept as a hash only"""
    secret = office.login.password.encode()
    for path, _, files in os.walk(office.daemon.folder):
        for name in files:
            if name == "bus":
                continue
            with open(os.path.join(path, name), "rb") as file:
                tap.true(secret not in file.read(), f"the local password is in {path}/{name}")


def test_starttls_injection(office):
    """Whatever is pipelined behind STARTTLS is discarded, and the session ends"""
    before = len(office.provider.letters())
    with clients.Conversation() as talk:
        talk.reply()
        talk.say("EHLO test")
        talk.raw(b"STARTTLS\r\nMAIL FROM:<anna@provider.lab>\r\nRSET\r\n")
        codes = []
        while (code := talk.reply()[0]) is not None:  # until it is closed
            codes.append(code)
        tap.true(250 not in codes, f"a command in clear was obeyed: {codes}")
    tap.equal(len(office.provider.letters()), before, "letters")


def test_still_serves(office):
    """Letters still go after the refusals above"""
    accepted, said = office.send("bob@valid.lab", letter("bob@valid.lab", name="after"))
    tap.true(accepted, said)


if __name__ == "__main__":
    tap.main(Office)
