# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promise 5 for locked letters: a corpus of odd letters, locked by the daemon with PGP and with
S/MIME, opens to the octets that were written, and their headers differ by a fixed list alone."""

import base64
import os
import re
import subprocess
import tempfile

import clients
import corpus
import tap
from decryptors import openssl
from gnupg import GnuPG
from office import Office
from smtp_faults import OFFERS, FaultServer

HOST = "mail.faulty.lab"
ADDRESS = "127.0.0.70"
ACCOUNT = "me@faulty.lab"
RECIPIENTS = ["bob@plain.lab", "rolf@plain.lab"]  # a key, a certificate

# -- how a locked letter may differ from what was written: all of it -------------------------

NEVER_LEAVES = {"bcc", "resent-bcc", "letterlock-mode"}
LOST_INSIDE = NEVER_LEAVES | {"received", "return-path", "delivered-to", "hp-outer"}
LOST_OUTSIDE = NEVER_LEAVES | {
    "hp-outer", "dkim-signature", "domainkey-signature", "autocrypt-gossip", "comments", "keywords",
}  # fmt: skip
GAINED_INSIDE = {"hp-outer"}
TYPE_GAINS = {True: b';\r\n\thp="cipher";\r\n\tprotected-headers="v1"', False: b';\r\n\tprotected-headers="v1"'}
DEFAULT_TYPE = b"Content-Type: text/plain; charset=us-ascii"
SUBJECT_OUTSIDE = b"Subject: [...]\r\n"
OWN_KEY_OUTSIDE = re.compile(rb"Autocrypt: addr=me@a\.example; keydata=\r\n( [A-Za-z0-9+/=]+\r\n)+")
FRAMES = {
    "pgp": re.compile(rb'Content-Type: multipart/encrypted;\r\n\tprotocol="application/pgp-encrypted";\r\n\tboundary="[^"]+"\r\n'),
    "smime": re.compile(rb'Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n\tname="smime.p7m"\r\n'
                        rb'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7m"\r\n'),
}  # fmt: skip

LONGEST_NAME = 76  # what is longer is no field, and stays inside

# Reports, lists, invitations and robots' letters are held (design 4.4), "exclusive" is obeyed.
NOT_LOCKED = re.compile(r"header-(list|auto|bulk)|mime-(report|receipt|invitation)|bcc-mode")


# -- letters as bytes -----------------------------------------------------------------------------


def ended(content):
    """As it can be said before the final dot."""
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def normalised(content):
    """As a letter rests in the spool: CRLF alone ends a line, and it ends with one."""
    return re.sub(rb"(?<!\r)\n", b"\r\n", ended(content))


def cut(content):
    """(header with its fields' newlines, body behind the blank line)"""
    if content.startswith(b"\r\n"):
        return b"", content[2:]
    head, gap, body = content.partition(b"\r\n\r\n")
    if not any(name for name, _ in fields(head + b"\r\n")):
        return b"", content  # no header at all: words, from the first line on
    return (head + b"\r\n", body) if gap else (content, b"")


def fields(head):
    """[(name, bytes)]; a line that is no field has no name."""
    found = []
    for line in re.findall(rb".*?\r\n", head, re.S):
        if found and line[:1] in (b" ", b"\t"):
            found[-1] += line
        else:
            found.append(line)
    return [(name_of(field), field) for field in found]


def name_of(field):
    matched = re.match(rb"([!-9;-~]{1,%d})[ \t]*:" % LONGEST_NAME, field)
    return matched.group(1).decode().lower() if matched else ""


def written(content, lost):
    """The fields of a letter that are not in the list @lost, nor the first line of an mbox file."""
    found = fields(cut(content)[0])
    if found and found[0][1].startswith(b"From "):
        found = found[1:]
    return [(n, f) for n, f in found if n not in lost]


# -- the comparison: sentences, none if nothing is wrong ------------------------------------------


def without_gains(found, signed):
    """The inside's fields without what it gained."""
    left = [(n, f) for n, f in found if n not in GAINED_INSIDE]
    default = ("content-type", DEFAULT_TYPE + TYPE_GAINS[signed] + b"\r\n")
    if default in left[:2]:  # the second one where the first line is a fold of nothing
        left.remove(default)
        return left
    for i, (name, field) in enumerate(left):
        if name == "content-type":
            whole = TYPE_GAINS[signed] in field
            left[i] = (name, field.replace(TYPE_GAINS[signed][not whole :], b""))
            break
    return left


def inside_differs(original, inside, signed):
    head, body = cut(inside)
    wrong = []
    if body != cut(original)[1]:
        wrong.append(f"body: {len(cut(original)[1])} octets became {len(body)}")
    left = without_gains(fields(head), signed)
    expected = written(original, LOST_INSIDE)
    if left != expected:
        wrong.append(f"inside: {difference(expected, left)}")
    return wrong


def gained_nothing(head):
    """The fields outside, without the author's own key that Letterlock put there."""
    return [(n, f) for n, f in fields(head) if not OWN_KEY_OUTSIDE.fullmatch(f)]


def confirmation_differs(inside, outside, signed):
    """RFC 9788 2.2: a signed inside repeats the fields that stand outside, and no others."""
    found = [f for n, f in fields(cut(inside)[0]) if n == "hp-outer"]
    head = cut(outside)[0]
    shown = gained_nothing(head[: FRAMES["pgp"].search(head).start()])
    expected = [b"HP-Outer: " + f for n, f in shown if n != "mime-version" and n not in LOST_INSIDE]
    if found == (expected if signed else []):
        return []
    return [f"HP-Outer: {difference(expected if signed else [], found)}"]


def outside_differs(original, outside, kind):
    frame = FRAMES[kind].search(cut(outside)[0])
    if frame is None:
        return [f"no {kind} frame: {cut(outside)[0][-300:]}"]
    found = [f for _, f in gained_nothing(cut(outside)[0][: frame.start()])]
    expected, titled = [], False
    for name, field in written(original, LOST_OUTSIDE):
        if not name or name.startswith("content-") or (name == "subject" and titled):
            continue
        titled |= name == "subject"
        # the colon follows the name at once, and the name is in lower case
        expected.append(SUBJECT_OUTSIDE if name == "subject" else field)
    if "mime-version" not in [name_of(f) for f in expected]:
        expected.append(b"MIME-Version: 1.0\r\n")
    same = [f.partition(b":")[2] for f in found] == [f.partition(b":")[2] for f in expected]
    return [] if same and [name_of(f) for f in found] == [name_of(f) for f in expected] else [
        f"outside: {difference(expected, found)}"
    ]


def difference(expected, found):
    for i, one in enumerate(expected):
        if i >= len(found) or found[i] != one:
            return f"{one!r:.200} became {found[i] if i < len(found) else None!r:.200}"
    return f"{found[len(expected)]!r:.200} was gained"


# -- the laboratory ---------------------------------------------------------------------------------


class Sealed(Office):
    """Anna's keyring knows Bob; Rolf's certificate is known; the letters' author has a key."""

    def __init__(self, folder):
        self.gnupg = GnuPG()
        super().__init__(folder, environment={"GNUPGHOME": self.gnupg.home})
        self.world.zones.zone("faulty.lab", f"@ MX 10 mail\nmail A {ADDRESS}\n")

    def __enter__(self):
        try:
            self.gnupg.generate(RECIPIENTS[0])
            self.gnupg.generate("me@a.example")
            super().__enter__()
        except BaseException:
            self.gnupg.__exit__()
            raise
        self.rolf = self.world.ca.issue_for_mail(RECIPIENTS[1])
        self.daemon.letterlock("key", "import", self.rolf.chain)
        self.server = FaultServer(
            self.world.ca.issue(HOST), address=ADDRESS, users={ACCOUNT: "secret"}, implicit=False,
            offers=[o if not o.startswith("SIZE") else "SIZE 99999999" for o in OFFERS],
        )  # fmt: skip
        self.server.__enter__()
        answer = self.daemon.add_account(
            ACCOUNT, f"{HOST}:{self.server.port}", "--address", "*@faulty.lab", password="secret"
        )
        self.login = clients.Login(answer["username"], answer["password"])
        return self

    def __exit__(self, *arguments):
        try:
            self.server.__exit__()
            super().__exit__(*arguments)
        finally:
            self.gnupg.__exit__()

    def arrived(self):
        """{number of the letter: {"pgp": bytes, "smime": bytes}}"""
        found = {}
        for taken in list(self.server.letters):
            number = re.search(r"<n(\d+)@", taken["sender"])
            if number is None:
                continue  # a note to the user himself
            (recipient,) = taken["recipients"]
            kind = "pgp" if RECIPIENTS[0] in recipient else "smime"
            found.setdefault(int(number.group(1)), {})[kind] = taken["content"].encode("latin-1")
        return found

    def open_all(self, letters):
        """{number: (inside, whether it is signed)} of PGP/MIME letters, with one gpg."""
        with tempfile.TemporaryDirectory(prefix="ll-sealed-") as folder:
            for number, raw in letters.items():
                with open(os.path.join(folder, f"{number}.asc"), "wb") as file:
                    file.write(raw[raw.index(b"-----BEGIN PGP MESSAGE") :])
            paths = [os.path.join(folder, f"{number}.asc") for number in letters]
            done = subprocess.run(
                ["gpg", "--batch", "--status-fd", "1", "--multifile", "--decrypt", *paths],
                env=self.gnupg.environment, capture_output=True, check=False,
            )  # fmt: skip
            blocks = done.stdout.decode().split("[GNUPG:] FILE_START 3 ")[1:]
            signed = {os.path.basename(b.split("\n")[0]): "GOODSIG" in b for b in blocks}
            opened = {}
            for number in letters:
                path = os.path.join(folder, str(number))
                if os.path.exists(path):
                    with open(path, "rb") as file:
                        opened[number] = (file.read(), signed[f"{number}.asc"])
            return opened


def submit(talk, content, number):
    talk.say(f"MAIL FROM:<n{number}@faulty.lab> BODY=8BITMIME")
    for recipient in RECIPIENTS:
        code, text = talk.say(f"RCPT TO:<{recipient}>")
        tap.equal(code, 250, text)
    talk.say("DATA")
    talk.raw(re.sub(rb"(\A|(?<=\r\n))\.", b"..", ended(content)) + b".\r\n")
    return talk.reply()


def sign_in(talk, login):
    talk.reply()
    talk.say("EHLO corpus")
    plain = base64.b64encode(f"\0{login.username}\0{login.password}".encode())
    tap.equal(talk.say(b"AUTH PLAIN " + plain)[0], 235, "AUTH")


def letters_of_corpus():
    """Subjects with tags are obeyed and lose their tag: tests/message/corpus.c has those."""
    found = [x for x in corpus.corpus() if not x[0].startswith("subject-") and not NOT_LOCKED.match(x[0])]
    tap.true(len(found) >= 300, f"only {len(found)} letters")
    return {n: (name, content) for n, (name, content) in enumerate(found, 1)}


def compare(letters, arrived, opened, rolf):
    """Sentences about all that is wrong."""
    wrong = []
    for number, (name, content) in letters.items():
        original = normalised(content)
        copies = arrived.get(number, {})
        if sorted(copies) != ["pgp", "smime"] or number not in opened:
            wrong.append(f"{name}: only {sorted(copies)} came, opened: {number in opened}")
            continue
        inside, signed = opened[number]
        found = inside_differs(original, inside, signed)
        found += inside_differs(original, openssl(copies["smime"], rolf), False)
        for kind, raw in copies.items():
            found += outside_differs(original, raw, kind)
        found += confirmation_differs(inside, copies["pgp"], signed)
        wrong += [f"{name}: {one}" for one in found]
    return wrong


def settled(letters):
    return all(x["state"] not in ("checking", "queued", "sending") for x in letters)


def test_corpus(office):
    """Every letter of the corpus opens to the octets that were written, by gpg and by openssl"""
    letters = letters_of_corpus()
    with clients.Conversation() as talk:
        sign_in(talk, office.login)
        for number, (name, content) in letters.items():
            code, text = submit(talk, content, number)
            tap.equal(code, 250, f"{name}: {text}")
    office.daemon.wait_letters(settled, "all letters are settled")
    arrived = office.arrived()
    opened = office.open_all({n: c["pgp"] for n, c in arrived.items() if "pgp" in c})
    wrong = compare(letters, arrived, opened, office.rolf)
    tap.equal(wrong, [], f"letters ({len(letters)} sent)")
    damaged_is_noticed(letters, arrived, opened, office.rolf)


def damaged_is_noticed(letters, arrived, opened, rolf):
    """The positive control: one changed octet, lost field or gained field of any letter is found."""
    number = next(n for n, (name, _) in letters.items() if name == "quoted-printable")
    inside, signed = opened[number]
    head, body = cut(inside)
    damages = {
        "an octet": inside[:-3] + bytes([inside[-3] ^ 1]) + inside[-2:],
        "a newline": inside[:-2] + b"\n",
        "a line at the end": inside + b"\r\n",
        "an encoding": inside.replace(b"Encoding: quoted-printable", b"Encoding: 8bit"),
        "a field": head.replace(b"\r\nTo: one@b.example", b"", 1) + b"\r\n" + body,
        "what is said of the outside": head.replace(b"HP-Outer: To:", b"HP-Outer: Cc:") + b"\r\n" + body,
        "one more": b"X-Gained: 1\r\n" + inside,
    }
    for what, damaged in damages.items():
        tap.true(damaged != inside, f"{what} was not damaged")
        wrong = compare({number: letters[number]}, arrived, {number: (damaged, signed)}, rolf)
        tap.true(wrong, f"{what} was damaged, and nobody noticed")


if __name__ == "__main__":
    tap.main(Sealed)
