# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 5: a corpus of odd letters reaches the provider byte for byte."""

import base64
import re

import clients
import corpus
import tap
from office import Office
from smtp_faults import OFFERS, FaultServer

HOST = "mail.faulty.lab"
ADDRESS = "127.0.0.70"
SENDER = "me@faulty.lab"


def ended(content):
    """As it can be said before the final dot."""
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def normalised(content):
    """The exception of promise 5: LF alone becomes CRLF."""
    return re.sub(rb"(?<!\r)\n", b"\r\n", ended(content))


def without_blind(content):
    """The other exception: Bcc, Resent-Bcc and Letterlock-Mode fields are gone."""
    head, gap, body = content.partition(b"\r\n\r\n")
    if not gap and not content.startswith(b"\r\n"):
        head = content
    kept = re.sub(rb"(?im)^((resent-)?bcc|letterlock-mode)[ \t]*:[^\r\n]*\r\n([ \t][^\r\n]*\r\n)*", b"", head + b"\r\n")
    return kept[:-2] + gap + body if gap else kept[:-2]


class Corpus(Office):
    def __init__(self, folder):
        super().__init__(folder, policy={"mode": "opportunistic"})
        self.world.zones.zone("faulty.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")

    def __enter__(self):
        super().__enter__()
        self.server = FaultServer(
            self.world.ca.issue(HOST), address=ADDRESS, users={SENDER: "secret"}, implicit=False,
            offers=[o if not o.startswith("SIZE") else "SIZE 99999999" for o in OFFERS],
        )  # fmt: skip
        self.server.__enter__()
        answer = self.daemon.add_account(SENDER, f"{HOST}:{self.server.port}", password="secret")
        self.login = clients.Login(answer["username"], answer["password"])
        return self

    def __exit__(self, *arguments):
        self.server.__exit__()
        super().__exit__(*arguments)


def sign_in(talk, login):
    talk.reply()
    talk.say("EHLO corpus")
    plain = base64.b64encode(f"\0{login.username}\0{login.password}".encode())
    tap.equal(talk.say(b"AUTH PLAIN " + plain)[0], 235, "AUTH")


def submit(talk, content, number):
    """Says the bytes as they are, dots doubled; the reply."""
    talk.say(f"MAIL FROM:<{SENDER}> BODY=8BITMIME")
    code, text = talk.say(f"RCPT TO:<n{number}@valid.lab>")
    tap.equal(code, 250, text)
    talk.say("DATA")
    # only CRLF ends a line (RFC 5321 2.3.8), so a dot behind LF alone is not doubled
    talk.raw(re.sub(rb"(\A|(?<=\r\n))\.", b"..", ended(content)) + b".\r\n")
    return talk.reply()


def test_corpus(office):
    """Every letter of the corpus arrives as it was written"""
    # subjects with tags are obeyed and lose their tag: tests/message/corpus.c has those
    letters = [x for x in corpus.corpus() if not x[0].startswith("subject-")]
    tap.true(len(letters) >= 300, f"only {len(letters)} letters")
    wrong = []
    with clients.Conversation() as talk:
        sign_in(talk, office.login)
        for number, (name, content) in enumerate(letters, 1):
            code, text = submit(talk, content, number)
            if code != 250:
                wrong.append(f"{name}: {code} {text}")
                talk.say("RSET")
    arrived = {}
    for taken in office.server.letters:
        number = int(re.search(r"<n(\d+)@", taken["recipients"][0]).group(1))
        arrived.setdefault(number, taken["content"].encode("latin-1"))
    for number, (name, content) in enumerate(letters, 1):
        got = arrived.get(number)
        if got is None:
            wrong.append(f"{name}: did not arrive")
        elif got not in (normalised(content), without_blind(normalised(content))):
            wrong.append(f"{name}: {len(content)} bytes became {len(got)}")
    tap.equal(wrong, [], f"letters ({len(letters)} sent)")


def test_nul_is_refused(office):
    """NUL and a carriage return alone are refused, and nothing of the letter leaves"""
    before = len(office.server.letters)
    for octet in (b"\0", b"\r"):
        with clients.Conversation() as talk:
            sign_in(talk, office.login)
            code, _ = submit(talk, b"Subject: x\r\n\r\none" + octet + b"two\r\n", 0)
            tap.true(code and code >= 500, f"{octet!r}: {code}")
    tap.equal(len(office.server.letters), before, "letters at the provider")


def test_trace(office):
    """Who switches trace headers on finds one before the letter, and nothing else changed"""
    office.daemon.letterlock("config", "set", "policy.trace-headers", "true")
    before = len(office.server.letters)
    content = b"Message-ID: <traced@faulty.lab>\r\nSubject: x\r\n\r\nHello.\r\n"
    with clients.Conversation() as talk:
        sign_in(talk, office.login)
        tap.equal(submit(talk, content, 1)[0], 250, "reply")
    (taken,) = office.server.letters[before:]
    trace, arrived = taken["content"].encode("latin-1")[: -len(content)], taken["content"].encode("latin-1")
    tap.true(arrived.endswith(content), arrived)
    (letter,) = [x for x in office.daemon.letters() if x["message_id"] == "<traced@faulty.lab>"]
    tap.true(
        re.fullmatch(
            rb"Received: from localhost by localhost \(Letterlock\) with ESMTP id "
            + letter["id"].encode() + rb";\r\n\t\w{3}, [^\r\n]* \+0000\r\n", trace
        ), trace
    )  # fmt: skip
    tap.true("Received header added" in office.daemon.letterlock("show", letter["id"]), "shown")


if __name__ == "__main__":
    tap.main(Corpus)
