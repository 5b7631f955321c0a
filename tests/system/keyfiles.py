# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates from files and letters, and which keys are used without a question."""

import base64
import email.message
import email.policy
import os
import subprocess

import tap
from office import letter
from process import wait_until
from sources import JOE, Discovery, configured, der, uses, write

# -- files and letters ---------------------------------------------------------------------------


def autocrypt(address, blob, more=""):
    text = base64.b64encode(blob).decode()
    folded = "".join(f"\r\n {text[i : i + 70]}" for i in range(0, len(text), 70))
    return f"Autocrypt: addr={address}; {more}keydata={folded}\r\n"


def incoming(address, headers, body="Hello Anna\r\n"):
    return f"From: Somebody <{address}>\r\nTo: anna@provider.lab\r\nSubject: x\r\n{headers}\r\n{body}"


def test_autocrypt(lab):
    """A letter with an Autocrypt header: its key is known, asked about once, then used"""
    letterlock = lab.office.daemon.letterlock
    header = autocrypt("ada@plain.lab", lab.key("ada@plain.lab"), "prefer-encrypt=mutual; ")
    (key,) = letterlock("key", "import", write(lab, "ada.eml", incoming("Ada@Plain.lab", header)), "--json")
    tap.equal((key["source"], key["addresses"]), ("imported", ["Ada@plain.lab"]), key)
    (listed,) = letterlock("key", "list", "ada@plain.lab", "--json")
    tap.equal((listed["trust"], listed["use"]), ("unchecked", "ask"), listed)
    lab.held("ada@plain.lab", "autocrypt")
    letterlock("key", "accept", "ada@plain.lab")
    wait_until(lambda: lab.arrived("autocrypt"), "the letter goes by itself")
    tap.equal(lab.office.fate("autocrypt")["method"], "pgp", "method")
    tap.true(b"ada@" not in lab.gnupg.run("--list-keys"), "the key was imported")


def test_autocrypt_refused(lab):
    """Somebody else's address, two headers, an attribute that must be known: nothing is taken"""
    blob = lab.key("ben@plain.lab")
    good = autocrypt("ben@plain.lab", blob)
    for what, text in (
        ("another author", incoming("mallory@plain.lab", good)),
        ("two", incoming("ben@plain.lab", good + good)),
        ("unknown", incoming("ben@plain.lab", autocrypt("ben@plain.lab", blob, "new=1; "))),
        ("none", incoming("ben@plain.lab", "")),
    ):
        done = lab.office.daemon.try_letterlock("key", "import", write(lab, "ben.eml", text))
        tap.true(done.returncode == 2 and "no key" in done.stderr, f"{what}: {done}")
    tap.equal(lab.find("ben@plain.lab"), (0, [], ""), "keys")


def test_attached(lab):
    """An attached key, from a letter that Python's own library wrote"""
    message = email.message.EmailMessage()
    message["From"] = "Cleo <cleo@plain.lab>"
    message.set_content("My key is attached.")
    armored = lab.others.run("--armor", "--export", lab.others.generate("cleo@plain.lab"))
    message.add_attachment(armored, maintype="application", subtype="pgp-keys", filename="key.asc")
    path = write(lab, "cleo.eml", message.as_bytes(policy=email.policy.SMTP))
    (key,) = lab.office.daemon.letterlock("key", "import", path, "--json", "--accept")
    lock = lab.locked("cleo@plain.lab", "attached")
    tap.equal((lock["trust"], lock["fingerprint"]), ("accepted", key["fingerprint"]), lock)


def test_signed_letter(lab):
    """The certificate of an S/MIME signature, and of files in all their forms"""
    ca = lab.world.ca
    dora = ca.issue_for_mail("dora@plain.lab")

    def openssl(*arguments, text=None):
        done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=False)
        tap.equal(done.returncode, 0, done.stderr)
        return done.stdout

    sign = ["cms", "-sign", "-signer", dora.chain, "-inkey", dora.key, "-from", "dora@plain.lab"]
    files = {
        "signed.eml": openssl(*sign, text=b"Content-Type: text/plain\r\n\r\nhello\r\n"),
        "opaque.eml": openssl(*sign, "-nodetach", text=b"Content-Type: text/plain\r\n\r\nhello\r\n"),
        "smime.p7s": openssl(*sign, "-outform", "DER", text=b"hello\r\n"),
        "chain.p7b": openssl("crl2pkcs7", "-nocrl", "-certfile", dora.chain),
        "dora.cer": der(dora),
    }
    for name, content in files.items():
        (key,) = lab.office.daemon.letterlock("key", "import", write(lab, name, content), "--json")
        tap.equal((key["addresses"], key["method"]), (["dora@plain.lab"], "smime"), name)
        tap.equal(key["fingerprint"], dora.fingerprint, name)
    (listed,) = lab.office.daemon.letterlock("key", "list", "dora@plain.lab", "--json")
    tap.equal((listed["trust"], listed["use"]), ("verified", "ready"), listed)


def test_no_key_files(lab):
    """What is no key, no file, or too deep: refused with a sentence; the daemon lives"""
    deep = "".join(f'--b{i}\r\nContent-Type: multipart/mixed; boundary="b{i + 1}"\r\n\r\n' for i in range(20000))
    pipe = os.path.join(lab.office.folder, "pipe")
    os.mkfifo(pipe)
    keep = os.open(pipe, os.O_RDWR)
    cases = {
        write(lab, "empty", b""): 2, write(lab, "noise", os.urandom(100000)): 2, pipe: 2,
        lab.office.folder: 2, os.path.join(lab.office.folder, "absent"): 2,
        write(lab, "deep.eml", incoming("eve@plain.lab", 'Content-Type: multipart/mixed; boundary="b0"\r\n', deep)): None,
    }  # fmt: skip
    for path, status in cases.items():
        done = lab.office.daemon.try_letterlock("key", "import", path)
        tap.true(done.returncode in (2, 3) if status is None else done.returncode == status, f"{path}: {done}")
        tap.equal(len(done.stderr.splitlines()), 1, done.stderr)
    os.close(keep)
    tap.equal(lab.find("bob@plain.lab")[0], 0, "the daemon")


def test_wakes(lab):
    """A letter that was held for want of a key goes when the key comes; one that is held by its tag stays"""
    lab.held("uwe@plain.lab", "keyless")
    accepted, said = lab.office.send("uwe@plain.lab", letter("uwe@plain.lab", "[hold] x", name="byhand"))
    tap.true(accepted, said)
    armored = lab.others.run("--armor", "--export", lab.others.generate("uwe@plain.lab"))
    lab.office.daemon.letterlock("key", "import", write(lab, "uwe.asc", armored), "--accept")
    wait_until(lambda: lab.arrived("keyless"), "the letter goes by itself")
    tap.equal(lab.office.letter_named("byhand")["state"], "held", "the other")
    tap.equal(lab.arrived("byhand"), [], "letters at the provider")


# -- which are used ----------------------------------------------------------------------------


def test_trust_levels(lab):
    """strict: only what was accepted; opportunistic: anything sound, and that is said"""
    letterlock = lab.office.daemon.letterlock
    armored = lab.others.run("--armor", "--export", lab.others.generate("zoe@plain.lab"))
    letterlock("key", "import", write(lab, "zoe.asc", armored))
    tap.equal((uses(lab, "bob@plain.lab"), uses(lab, "zoe@plain.lab")), (["ready"], ["ask"]), "accepted")
    with configured(lab, "keys.trust", "strict"):
        tap.equal((uses(lab, "bob@plain.lab"), uses(lab, JOE)), (["ask"], ["ask"]), "strict")
        lab.held("bob@plain.lab", "strict")
    with configured(lab, "keys.trust", "opportunistic"):
        tap.equal(uses(lab, "zoe@plain.lab"), ["ready"], "opportunistic")
        lock = lab.locked("zoe@plain.lab", "unchecked")
        tap.equal(lock["trust"], "unchecked", lock)
        reason = lab.office.fate("unchecked")["reason"]
        tap.true("nobody vouches for" in reason, reason)
    tap.equal(lab.arrived("strict"), [], "letters at the provider")


def test_plus_tags(lab):
    """A tag is part of the address, unless the user says that it is none"""
    tap.equal(uses(lab, "bob+news@plain.lab"), [], "as it is written")
    lab.held("bob+news@plain.lab", "tagged")
    with configured(lab, "keys.plus-tags", "true"):
        tap.equal(uses(lab, "bob+news@plain.lab"), ["ready"], "without its tag")
        status, (key,), said = lab.find("bob+news@plain.lab")
        tap.equal((status, key["use"]), (0, "ready"), said)
        lock = lab.locked("bob+news@plain.lab", "untagged")
        tap.equal(lock["fingerprint"], lab.others.fingerprint("bob@plain.lab").lower(), lock)
        letterlock = lab.office.daemon.letterlock
        nina = lab.others.run("--armor", "--export", lab.others.generate("nina@plain.lab"))
        lab.held("nina+news@plain.lab", "late")
        letterlock("key", "import", write(lab, "nina.asc", nina), "--accept")
        lab.office.daemon.wait_letter("late", "sent")
        own = lab.others.run("--armor", "--export", lab.others.generate("bob+own@plain.lab"))
        (key,) = letterlock("key", "import", write(lab, "own.asc", own), "--accept", "--json")
        lock = lab.locked("bob+own@plain.lab", "own")
        tap.equal(lock["fingerprint"], key["fingerprint"], "its own key comes first")


if __name__ == "__main__":
    tap.main(Discovery)
