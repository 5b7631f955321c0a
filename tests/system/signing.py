# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that leave unlocked are signed where the account wants it, and verified by gpg and by the
openssl program; a key that cannot be used makes them wait."""

import email
import email.policy
import json
import os
import subprocess

import tap
from gnupg import GnuPG
from office import Office, letter
from process import wait_until

PASSPHRASE = "four words and more"
TO = "bob@dane.lab"
ODD = "Grüße,\r\nFrom here on \r\n.\r\n=3D is not an equals sign\r\n-- \r\nAnna\r\n"
MIXED = (
    "MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n',
    '--b\r\nContent-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    "Grüße \r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: forwarded \r\n\r\nFrom ä\r\n"
    '--b\r\nContent-Type: image/png; name="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    "iVBORw0KGgo=\r\n--b--\r\n",
)
TEXT = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"


class Signing(Office):
    """Anna has a key and a certificate."""

    def __init__(self, folder):
        self.gnupg = GnuPG()
        super().__init__(folder, environment={"GNUPGHOME": self.gnupg.home})

    def __enter__(self):
        self.fingerprint = self.gnupg.generate("Anna <anna@provider.lab>")
        super().__enter__()
        self.anna = self.world.ca.issue_for_mail("anna@provider.lab")
        return self

    def __exit__(self, *arguments):
        try:
            super().__exit__(*arguments)
        finally:
            self.gnupg.__exit__()

    def sign(self, method):
        self.daemon.letterlock("account", "edit", "anna", "--sign", method)

    def arrived(self, name):
        """As they left: without the provider's own lines, with CRLF, which its mailbox does not keep."""
        whole = [x.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for x in super().arrived(name)]
        return [x[x.index(b"\r\nFrom: ") + 2 :] for x in whole]

    def through(self, name, to=TO, **options):
        """A letter, as it came to the provider."""
        recipients = to if isinstance(to, list) else [to]
        accepted, said = self.send(recipients, letter(recipients[0], name=name, **options))
        tap.true(accepted, said)
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        return self.arrived(name)[0]

    def waiting(self, name, **options):
        """The record of a letter that waits."""
        accepted, said = self.send(TO, letter(TO, name=name, **options))
        tap.true(accepted, said)
        record = self.daemon.wait_letter(name, "waiting")
        tap.equal(self.arrived(name), [], "letters at the provider")
        return record


def parts_of(raw):
    """(what is signed, octet for octet; the signature; the outer message)"""
    outer = email.message_from_bytes(raw, policy=email.policy.SMTP)
    tap.equal(outer.get_content_type(), "multipart/signed", "type")
    mark = b"\r\n--" + outer.get_boundary().encode()
    _, signed, signature, _ = raw.split(mark)
    tap.true(all(x < 0x80 for x in signed), "it is not 7 bit")
    for line in signed.split(b"\r\n"):
        tap.true(not line.endswith((b" ", b"\t")), f"blanks at the end of {line}")
        tap.true(not line.startswith(b"From "), line)
    return signed[2:], outer.get_payload(1).get_payload(decode=True), outer


def verified(lab, raw):
    """What gpg finds signed by Anna."""
    signed, signature, outer = parts_of(raw)
    tap.equal(outer.get_param("protocol"), "application/pgp-signature", "protocol")
    paths = [os.path.join(lab.folder, x) for x in ("signed", "signature")]
    for path, content in zip(paths, (signed, signature)):
        with open(path, "wb") as file:
            file.write(content)
    said = lab.gnupg.run("--status-fd", "1", "--verify", paths[1], paths[0]).decode()
    tap.true(f"VALIDSIG {lab.fingerprint}" in said or f" {lab.fingerprint}\n" in said, said)
    return signed


def check_detached(lab, signed, signature):
    path = os.path.join(lab.folder, "signed")
    with open(path, "wb") as file:
        file.write(signed)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-CAfile", lab.world.ca.file, "-binary", "-inform", "DER",
         "-content", path],
        input=signature, capture_output=True, check=False,
    )  # fmt: skip
    tap.equal(done.returncode, 0, done.stderr)


def verified_smime(lab, raw):
    """What openssl finds signed by Anna: the octets themselves, and the letter as it came."""
    signed, signature, outer = parts_of(raw)
    tap.equal(outer.get_param("protocol"), "application/pkcs7-signature", "protocol")
    check_detached(lab, signed, signature)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-CAfile", lab.world.ca.file],
        input=raw, capture_output=True, check=False,
    )  # fmt: skip
    tap.equal(done.returncode, 0, done.stderr)
    return signed


def verified_by_nss(lab, raw):
    """cmsutil of NSS, as Thunderbird checks it."""
    signed, signature, _ = parts_of(raw)
    profile = os.path.join(lab.folder, "nss")
    if not os.path.exists(profile):
        os.mkdir(profile)
        subprocess.run(["certutil", "-N", "-d", profile, "--empty-password"], check=True)
        subprocess.run(
            ["certutil", "-A", "-d", profile, "-n", "ca", "-t", "CT,CT,CT", "-i", lab.world.ca.file],
            check=True,
        )
    paths = [os.path.join(lab.folder, x) for x in ("signed", "signature")]
    for path, content in zip(paths, (signed, signature)):
        with open(path, "wb") as file:
            file.write(content)
    done = subprocess.run(
        ["cmsutil", "-D", "-d", profile, "-c", paths[0], "-i", paths[1], "-h", "0", "-u", "4"],
        capture_output=True, check=False,
    )  # fmt: skip
    tap.true(done.returncode == 0 and b"status=GoodSignature" in done.stdout + done.stderr,
             (done.stdout[:600], done.stderr))  # fmt: skip


def body(signed):
    return email.message_from_bytes(signed, policy=email.policy.SMTP)


def check_odd(lab, verify, name):
    signed = verify(lab, lab.through(name, body=ODD, more=TEXT))
    inside = body(signed)
    tap.equal(inside.get_payload(decode=True).decode(), ODD, "text")
    tap.equal((inside["Subject"], inside.get_param("hp")), ("a letter", "clear"), "header")


def check_mixed(lab, verify, name):
    signed = verify(lab, lab.through(name, body=MIXED[1], more=MIXED[0]))
    text, forwarded, picture = body(signed).get_payload()
    tap.equal(text.get_payload(decode=True).decode(), "Grüße ", "text")
    tap.equal(forwarded.get_filename(), "forwarded.eml", "name of the forwarded letter")
    tap.equal(forwarded.get_payload(decode=True).decode(), "Subject: forwarded \r\n\r\nFrom ä", "forwarded")
    tap.equal(picture.get_payload(), "iVBORw0KGgo=", "picture")


def doctor(lab):
    lines = lab.daemon.try_letterlock("doctor", "--json").stdout.splitlines()
    return next(x for x in map(json.loads, lines) if x["check"] == "signature anna")


def test_pgp(lab):
    """OpenPGP: 8 bit, blanks, From and attachments survive; gpg verifies; show says who signed"""
    lab.sign("pgp")
    tap.equal(doctor(lab)["ok"], True, "doctor")
    check_odd(lab, verified, "odd")
    check_mixed(lab, verified, "mixed")
    fate = lab.fate("odd")
    tap.equal(fate["proof"]["signature"]["signer"], lab.fingerprint.lower(), "signer")
    shown = lab.daemon.letterlock("show", lab.letter_named("odd")["id"])
    tap.true("signed by Letterlock" in shown and lab.fingerprint.lower() in shown, shown)
    said = lab.daemon.letterlock("explain", lab.letter_named("odd")["id"])
    tap.true("Signed with your own key" in said, said)


def test_smime(lab):
    """S/MIME: without a certificate it waits; with one openssl verifies"""
    lab.sign("smime")
    tap.true("no certificate" in doctor(lab)["reason"], doctor(lab))
    record = lab.waiting("bare")
    tap.true("this account has no certificate" in record["recipients"][0]["reason"], record)
    lab.daemon.letterlock(
        "account", "edit", "anna", "--cert", lab.anna.pkcs12(PASSPHRASE), "--passphrase-stdin",
        text=PASSPHRASE + "\n",
    )  # fmt: skip
    wait_until(lambda: lab.arrived("bare"), "the letter that waited arrives")
    verified_smime(lab, lab.arrived("bare")[0])
    check_odd(lab, verified_smime, "odd-smime")
    verified_by_nss(lab, lab.arrived("odd-smime")[0])
    check_mixed(lab, verified_smime, "mixed-smime")
    raw = lab.through("name", body="Dear Bob\r\n")
    tap.true(b'filename="smime.p7s"' in raw and b'micalg="sha-256"' in raw, raw[:2000])


def test_one_copy(lab):
    """All who get it unlocked get the same bytes, Bcc too, and none is named inside"""
    content = letter(TO, name="copies", more="Bcc: secret@dane.lab\r\n")
    accepted, said = lab.send([TO, "secret@dane.lab"], content)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("copies"), "the letter arrives")
    for raw in lab.arrived("copies"):
        tap.true(b"secret" not in raw.split(b"multipart/signed")[1], "a Bcc recipient is named")
    tap.equal(len(set(lab.arrived("copies"))), 1, "different bytes")


def test_not_signed(lab):
    """Lists, robots and what is signed already leave byte for byte as they came"""
    already = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pgp-signature"; '
        'micalg=pgp-sha256; boundary="c"\r\n',
        "--c\r\n\r\nDear \r\n--c\r\nContent-Type: application/pgp-signature\r\n\r\n"
        "-----BEGIN PGP SIGNATURE-----\r\n\r\nAAAA\r\n-----END PGP SIGNATURE-----\r\n--c--\r\n",
    )
    cases = {
        "list": {"more": "List-Id: <a.lab>\r\n"},
        "robot": {"more": "Auto-Submitted: auto-generated\r\n"},
        "already": {"more": already[0], "body": already[1]},
    }
    for name, options in cases.items():
        raw = lab.through(name, **options)
        tap.equal(raw, letter(TO, name=name, **options), name)


def test_key_is_locked(lab):
    """A key that asks for its passphrase makes the letter wait; nothing goes unsigned"""
    other = GnuPG()
    try:
        other.generate("Anna <anna@provider.lab>", passphrase="closed")
        lab.daemon.stop()
        lab.daemon.environment["GNUPGHOME"] = other.home
        subprocess.run(["gpgconf", "--kill", "gpg-agent"], env=other.environment, check=True)
        subprocess.run(["gpgconf", "--launch", "gpg-agent"], env=other.environment, check=True)
        lab.daemon.start()
        lab.sign("pgp")
        record = lab.waiting("closed")
        tap.true("it asks for your passphrase" in record["recipients"][0]["reason"], record)
        lab.sign("none")
        wait_until(lambda: lab.arrived("closed"), "it goes without, as the user says")
        tap.true(b"multipart/signed" not in lab.arrived("closed")[0], "it is signed")
    finally:
        lab.daemon.stop()
        lab.daemon.environment["GNUPGHOME"] = lab.gnupg.home
        other.__exit__()
        lab.daemon.start()


def test_gpgsm(lab):
    """A certificate of the user's gpgsm signs, open or into a lock; closed it makes the letter wait"""
    fingerprint, keygrip = lab.gnupg.import_certificate(lab.anna, lab.world.ca)
    done = lab.daemon.try_letterlock("account", "edit", "anna", "--cert", "gpgsm:" + "0" * 40)
    tap.true(done.returncode == 2 and "gpgsm has no certificate" in done.stderr, done.stderr)
    lab.daemon.letterlock("account", "edit", "anna", "--cert", f"gpgsm:{fingerprint}", "--sign", "smime")
    (account,) = lab.daemon.letterlock("account", "show", "anna", "--json")
    tap.equal(account["own_certificate"]["fingerprint"], lab.anna.fingerprint, "certificate")
    record = lab.waiting("agent")
    tap.true("it asks for your passphrase" in record["recipients"][0]["reason"], record)
    lab.gnupg.open_key(keygrip)
    lab.daemon.letterlock("retry", record["id"])
    wait_until(lambda: lab.arrived("agent"), "the letter arrives")
    verified_smime(lab, lab.arrived("agent")[0])
    gina = lab.world.ca.issue_for_mail("gina@plain.lab")
    lab.daemon.letterlock("key", "import", gina.chain)
    raw = lab.through("locked", to="gina@plain.lab", body=ODD, more=TEXT)
    for who in (gina, lab.anna):
        opened = subprocess.run(
            ["openssl", "cms", "-decrypt", "-binary", "-recip", who.chain, "-inkey", who.key],
            input=raw, capture_output=True, check=True,
        ).stdout  # fmt: skip
        outer = email.message_from_bytes(opened, policy=email.policy.SMTP)
        mark = b"\r\n--" + outer.get_boundary().encode()
        tap.true(opened.split(mark)[1].endswith(b"\r\n\r\n" + ODD.encode()), "an octet changed")
        check_detached(lab, opened.split(mark)[1][2:], outer.get_payload(1).get_payload(decode=True))
    tap.equal(lab.fate("locked")["proof"]["lock"]["signer"], lab.anna.fingerprint, "signer")


def test_survives(lab):
    """Signed once: after a death of the daemon the same bytes leave"""
    lab.sign("smime")
    letterlock = lab.daemon.letterlock
    upstream = letterlock("account", "show", "anna", "--json")[0]["upstream"]
    letterlock("account", "edit", "anna", "--upstream", upstream.rsplit(":", 1)[0] + ":4", "--security", "tls")
    record = lab.waiting("later")
    spool = os.path.join(lab.daemon.state, "spool", "letters")

    def copies():
        return {x: open(os.path.join(spool, x), "rb").read() for x in os.listdir(spool)
                if x.startswith(record["id"] + ".copy")}

    before = copies()
    tap.equal(len(before), 1, "copies")
    lab.daemon.kill()
    lab.daemon.start()
    lab.daemon.wait_letters(
        lambda letters: any(x["id"] == record["id"] and x["state"] == "waiting" for x in letters),
        "it waits again",
    )
    tap.equal(copies(), before, "the copy")
    letterlock("account", "edit", "anna", "--upstream", upstream, "--security", "starttls")
    wait_until(lambda: lab.arrived("later"), "the letter arrives")
    verified_smime(lab, lab.arrived("later")[0])


def test_is_no_lock(lab):
    """Everybody can read a signed letter: no original of it is kept, and its copy goes with it"""
    lab.sign("pgp")
    lab.through("no-lock", body="x" * 60 + "\r\n" + "line\r\n" * 20000)
    wait_until(lambda: lab.letter_named("no-lock")["state"] == "sent", "it is sent")
    record = lab.letter_named("no-lock")
    tap.true("signature" in record["recipients"][0]["proof"], record)
    spool = os.path.join(lab.daemon.state, "spool")
    wait_until(
        lambda: not any(record["id"] in x and not x.endswith(".journal")
                        for x in os.listdir(os.path.join(spool, "letters"))),
        "letter and copy are gone",
    )  # fmt: skip
    tap.true(f"{record['id']}.letter" not in os.listdir(os.path.join(spool, "originals")), "it is kept")


if __name__ == "__main__":
    tap.main(Signing)
