# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mail program, with and without TLS, over both protocols and both providers' ports."""

import email
import email.policy

import clients
import tap
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


if __name__ == "__main__":
    tap.main(Office)
