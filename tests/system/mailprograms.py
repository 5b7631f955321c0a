# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mail program, with and without TLS, over both protocols and both providers' ports."""

import email
import email.policy
import os
import shlex
import subprocess

import clients
import tap
from daemon import binary
from maildir import as_sent
from office import Office, letter

WAYS = {"none": False, "STARTTLS": True, "TLS": "implicit"}
BODY = "Gr\u00fc\u00dfe, \u4f60\u597d\r\n.\r\n..\r\n" + "long " * 150 + "\r\n\r\n-- \r\nAnna\r\n"
MIME = (
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
)


def send_and_compare(office, program, way, tls):
    name = f"{program}.{way}".replace(" ", "-")
    address = f"{program}.{way}@valid.lab".lower()
    content = letter(address, name=name, body=BODY, more=MIME)
    accepted, said = office.send(address, content, clients.ALL[program], tls=tls)
    tap.true(accepted, said)
    arrived = as_sent(office.provider.wait_letters(address)[0])
    if program == "s-nail":  # it writes the header itself
        text = email.message_from_bytes(arrived, policy=email.policy.default).get_content().replace("\r\n", "\n")
        tap.equal(text, BODY.replace("\r\n", "\n"), "text")
    else:
        tap.equal(arrived, content, "letter and original")


def make(program, way, tls):
    def test(office):
        send_and_compare(office, program, way, tls)

    test.__doc__ = f"{program}, {way}"
    return test


for _program in clients.ALL:
    for _way, _tls in WAYS.items():
        _name = f"test_{_program}_{_way}".replace("-", "_").lower()
        globals()[_name] = make(_program, _way, _tls)


def test_wrong_password(office):
    """A wrong password is refused with 535, whatever asks"""
    login = clients.Login(office.login.username, "wrong", office.login.ca)
    for name, client in clients.ALL.items():
        accepted, said = client(login, office.world.sender, ["x@valid.lab"], letter("x@valid.lab"))
        tap.true(not accepted and "535" in said or name == "s-nail" and not accepted, f"{name}: {said}")


def test_foreign_sender(office):
    """A sender of no account is refused with the fix in the sentence"""
    stranger = "stranger@elsewhere.lab"
    content = letter("bob@valid.lab", sender=stranger)
    accepted, said = office.send("bob@valid.lab", content, sender=stranger)
    tap.true(not accepted and "550" in said and "5.7.1" in said, said)


def test_bdat(office):
    """BDAT in pieces arrives as one letter"""
    import base64

    content = letter("bdat@valid.lab", name="bdat", body="one\r\n.\r\ntwo\r\n")
    with clients.Conversation() as talk:
        talk.reply()
        talk.say("EHLO test")
        plain = base64.b64encode(f"\0{office.login.username}\0{office.login.password}".encode())
        tap.equal(talk.say(b"AUTH PLAIN " + plain)[0], 235, "AUTH")
        talk.say(f"MAIL FROM:<{office.world.sender}>")
        talk.say("RCPT TO:<bdat@valid.lab>")
        for start in range(0, len(content), 100):
            piece = content[start : start + 100]
            talk.raw(f"BDAT {len(piece)}\r\n".encode() + piece)
            tap.equal(talk.reply()[0], 250, "a chunk")
        talk.raw(b"BDAT 0 LAST\r\n")
        code, text = talk.reply()
        tap.equal(code, 250, text)
    tap.equal(as_sent(office.provider.wait_letters("bdat@valid.lab")[0]), content, "letters")



def home(office, name, text):
    path = os.path.join(office.daemon.environment["HOME"], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o600)


def submits(office, arguments, address):
    path = f"{os.path.dirname(binary('letterlock'))}:/usr/bin:/bin"
    subprocess.run(
        arguments, input=letter(address).replace(b"\r\n", b"\n"), check=True, capture_output=True,
        env={**office.daemon.environment, "PATH": path},
    )  # fmt: skip
    tap.true(office.provider.wait_letters(address), "it arrives")


def test_setup_git(office):
    """What `setup git` prints lets git call letterlock as its sendmail"""
    words = shlex.split(office.daemon.letterlock("setup", "git"))
    tap.equal(words[:4], ["git", "config", "--global", "sendemail.sendmailCmd"], "command")
    submits(office, ["sh", "-c", f'{words[4]} "$@"', "sh", "-i", "git@valid.lab"], "git@valid.lab")


def test_setup_msmtp(office):
    """The lines of `setup msmtp` are all that msmtp needs; `setup` alone shows the same four values"""
    home(office, ".config/letterlock/ca.pem", office.daemon.letterlock("account", "show", "--ca"))
    before = office.daemon.letterlock("setup", "msmtp", "--account", "anna")
    tap.true("\npassword " not in before, "a password is shown without one being made")
    home(office, ".msmtprc", office.daemon.letterlock("setup", "msmtp", "--new-password"))
    submits(office, ["msmtp", "lines@valid.lab"], "lines@valid.lab")
    office.daemon.add_account("other@provider.lab", "mail.provider.lab:587", "--name", "second", password="x")
    tap.equal(office.daemon.letterlock("setup", "msmtp").count("\naccount default :"), 1, "defaults")
    office.daemon.letterlock("account", "remove", "second", "--force")
    (values,) = office.daemon.letterlock("setup", "--json")
    expected = {"account": "anna", "server": "localhost", "port": 1465, "security": "tls",
                "username": office.login.username, "password": None}  # fmt: skip
    tap.equal(values, expected, "values")
    said = office.daemon.letterlock("setup")
    for word in ("localhost", "1465", "SSL/TLS", f"user name  {office.login.username}\n"):
        tap.true(word in said, said)
    done = office.daemon.try_letterlock("setup", "other", "--account", "nobody")
    tap.equal((done.returncode, done.stderr), (1, 'letterlock: There is no account "nobody"\n'), "no account")


if __name__ == "__main__":
    tap.main(Office)
