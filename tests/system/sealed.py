# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that the mail program locked or signed itself, with gpg and OpenSSL: they leave as they
are where that fits, are asked about where it does not, and are locked around where they are only
signed."""

import email
import email.policy
import os
import subprocess

import tap
from locks import BODY, Locked, opened
from office import letter
from process import wait_until

INNER = b"Content-Type: text/plain\r\n\r\nResults attached\r\n"


def pgp_mime(recipient, armour, name, more=""):
    more += ("MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; "
             'protocol="application/pgp-encrypted"; boundary="b"\r\n')  # fmt: skip
    body = (
        "This is an OpenPGP/MIME encrypted message\r\n"
        "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\n\r\n" + armour + "\r\n--b--\r\n"
    )
    return letter(recipient, "...", name=name, body=body, more=more)


def lines(raw):
    """As a provider keeps them, whatever ends them."""
    return raw.replace(b"\r\n", b"\n")


def armour(lab, *names):
    words = [x for name in names for x in ("-r", lab.gnupg.fingerprint(name))]
    made = lab.gnupg.run("--armor", "--trust-model", "always", *words, "--encrypt", input=INNER)
    return made.decode().replace("\n", "\r\n")


def settled(lab, name):
    return lab.office.daemon.wait_letter(name, "sent", "held")


def held_reason(lab, name, address=None):
    settled(lab, name)
    fate = lab.office.fate(name, address)
    tap.equal(fate["state"], "held", fate)
    return fate["reason"]


def test_pgp_mime(lab):
    """PGP/MIME for its recipient goes over a way without TLS as it is"""
    content = pgp_mime("bob@plain.lab", armour(lab, "bob@plain.lab", "Anna <anna@provider.lab>"), "own")
    accepted, said = lab.office.send("bob@plain.lab", content)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("own"), "the letter arrives")
    (raw,) = lab.arrived("own")
    tap.true(lines(raw).endswith(lines(content)), "it was changed")
    tap.equal(opened(lab.others["bob"], raw), INNER, "inside")
    fate = lab.office.fate("own")
    tap.equal((fate["bound"], fate["confidence"]), ("content", "likely"), "fate")
    tap.equal(fate["proof"]["locked_for"], "this recipient", "for whom")
    tap.true("known here as this recipient's" in fate["reason"], fate["reason"])


def test_for_somebody_else(lab):
    """PGP/MIME for somebody else is asked about, and never counts as locked"""
    content = pgp_mime("bob@plain.lab", armour(lab, "eve@plain.lab"), "misfit")
    accepted, said = lab.office.send("bob@plain.lab", content)
    tap.true(accepted, said)
    reason = held_reason(lab, "misfit")
    tap.true("but for no key of this recipient" in reason, reason)
    fate = lab.office.fate("misfit")
    tap.equal((fate["method"], fate["offers"]), (None, []), "fate")
    tap.equal(fate["proof"]["locked_for"], "others", "for whom")
    tap.equal(lab.arrived("misfit"), [], "letters at the provider")
    lab.office.daemon.letterlock("release", lab.office.letter_named("misfit")["id"], "--anyway")
    wait_until(lambda: lab.arrived("misfit"), "the letter arrives")
    fate = lab.office.fate("misfit")
    tap.true(fate["bound"] != "content", fate)


def test_one_of_two(lab):
    """Each recipient for himself: the one whose key it is gets it, the other is asked about"""
    words = armour(lab, "bob@plain.lab", "Anna <anna@provider.lab>")
    content = pgp_mime("bob@plain.lab", words, "half")
    accepted, said = lab.office.send(["bob@plain.lab", "eve@plain.lab", "dan@plain.lab"], content)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("half"), "the letter arrives")
    tap.equal(lab.office.fate("half", "bob@plain.lab")["state"], "sent", "bob")
    for name in ("eve", "dan"):  # of Dan no key is known: all that it is locked for are others'
        reason = held_reason(lab, "half", f"{name}@plain.lab")
        tap.true("but for no key of this recipient" in reason, reason)


def test_hidden(lab):
    """A recipient that is not named may be anybody: nothing is claimed, and nothing held"""
    words = lab.gnupg.run(
        "--armor", "--trust-model", "always", "-R", lab.gnupg.fingerprint("eve@plain.lab"),
        "--encrypt", input=INNER,
    ).decode()  # fmt: skip
    content = pgp_mime("bob@plain.lab", words.replace("\n", "\r\n"), "hidden")
    accepted, said = lab.office.send("bob@plain.lab", content)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("hidden"), "the letter arrives")
    fate = lab.office.fate("hidden")
    tap.equal(fate["proof"]["locked_for"], "not known", "for whom")
    tap.true("for whom is not known here" in fate["reason"], fate["reason"])


def test_inline(lab):
    """A text that is nothing but OpenPGP goes as it is; with a word before it, it is locked"""
    words = armour(lab, "bob@plain.lab")
    for name, body, whole in (("inline", words, True), ("quoted", "See below\r\n" + words, False)):
        accepted, said = lab.office.send("bob@plain.lab", letter("bob@plain.lab", name=name, body=body))
        tap.true(accepted, said)
        wait_until(lambda: lab.arrived(name), "the letter arrives")
        (raw,) = lab.arrived(name)
        tap.equal(lines(body.encode()) in lines(raw), whole, name)
        if not whole:
            tap.true(opened(lab.others["bob"], raw).endswith(body.encode()), name)


def test_smime(lab):
    """S/MIME by OpenSSL: for the recipient's certificate, and for another one"""
    mine = lab.office.world.ca.issue_for_mail("hugo@plain.lab")
    other = lab.office.world.ca.issue_for_mail("ida@plain.lab")
    lab.office.daemon.letterlock("key", "import", mine.chain)
    for name, certificate, fits in (("cms", mine, True), ("cms-other", other, False)):
        made = subprocess.run(
            ["openssl", "cms", "-encrypt", "-aes256", "-crlfeol", certificate.chain],
            input=INNER, capture_output=True, check=True,
        ).stdout.decode()  # fmt: skip
        more, _, body = made.replace("\r\n", "\n").replace("\n", "\r\n").partition("\r\n\r\n")
        content = letter("hugo@plain.lab", name=name, body=body, more=more + "\r\n")
        accepted, said = lab.office.send("hugo@plain.lab", content)
        tap.true(accepted, said)
        settled(lab, name)
        fate = lab.office.fate(name)
        tap.equal(fate["state"], "sent" if fits else "held", fate["reason"])
        tap.equal(fate["proof"]["locked_for"], "this recipient" if fits else "others", "for whom")


def test_signed_only(lab):
    """What is only signed is locked around, and its own signature still verifies"""
    signature = lab.gnupg.run(
        "--armor", "--textmode", "--local-user", "anna@provider.lab", "--detach-sign", input=INNER
    ).decode()  # fmt: skip
    body = ("--b\r\n" + INNER.decode() + "\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\n"
            + signature.replace("\n", "\r\n") + "\r\n--b--\r\n")  # fmt: skip
    more = ('MIME-Version: 1.0\r\nContent-Type: multipart/signed; micalg=pgp-sha512;'
            ' protocol="application/pgp-signature"; boundary=b\r\n')  # fmt: skip
    accepted, said = lab.office.send(
        "bob@plain.lab", letter("bob@plain.lab", name="signed", body=body, more=more)
    )
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("signed"), "the letter arrives")
    inside = opened(lab.others["bob"], lab.arrived("signed")[0])
    tap.true(inside.endswith(b"\r\n\r\n" + body.encode()), inside)
    tap.true("signer" not in lab.office.fate("signed")["proof"]["lock"], "it was signed again")
    parts = email.message_from_bytes(inside, policy=email.policy.SMTP).get_payload()
    file = os.path.join(lab.gnupg.home, "signature.asc")
    with open(file, "w", encoding="ascii") as out:
        out.write(parts[1].get_payload())
    lab.gnupg.run("--verify", file, "-", input=INNER)


def test_trap(lab):
    """A header that claims protection protects nothing: it is locked as any letter"""
    more = ("X-Encrypted: yes\r\nMIME-Version: 1.0\r\nContent-Type: multipart/encrypted;"
            ' protocol="application/pgp-encrypted"; boundary=b\r\n')  # fmt: skip
    body = ("--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
            "--b\r\nContent-Type: application/octet-stream\r\n\r\n" + BODY + "--b--\r\n")  # fmt: skip
    accepted, said = lab.office.send(
        "bob@plain.lab", letter("bob@plain.lab", name="trap", body=body, more=more)
    )
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("trap"), "the letter arrives")
    tap.true(opened(lab.others["bob"], lab.arrived("trap")[0]).endswith(body.encode()), "inside")


def test_for_a_strangers_key(lab):
    """Locked for a key that names the recipient and that nobody vouches for: not known to be his"""
    stranger = lab.home()
    fingerprint = stranger.generate("dave@plain.lab")
    path = os.path.join(lab.office.folder, "dave.asc")
    with open(path, "wb") as file:
        file.write(stranger.export(fingerprint))
    lab.office.daemon.letterlock("key", "import", path)
    words = stranger.run(
        "--armor", "--trust-model", "always", "-r", fingerprint, "--encrypt", input=INNER
    ).decode()  # fmt: skip
    content = pgp_mime("dave@plain.lab", words.replace("\n", "\r\n"), "stranger")
    accepted, said = lab.office.send("dave@plain.lab", content)
    tap.true(accepted, said)
    settled(lab, "stranger")
    tap.equal(lab.office.fate("stranger")["proof"]["locked_for"], "not known", "for whom")


if __name__ == "__main__":
    tap.main(Locked)
