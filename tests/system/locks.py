# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that are locked on this machine with keys of the user's own keyring, and are opened by
gpg on the other side."""

import email
import email.policy
import os
import subprocess

import tap
from keyed import Keyed
from office import letter
from process import wait_until
from world import NAME, POLICY_ADDRESS

BODY = "From here on\r\n.\r\n trailing \r\nend\r\n"


class Locked(Keyed):
    """An office whose daemon has Anna's keyring; Bob, Eve and Carl have theirs."""

    def prepare(self):
        self.others = {}
        for name in ("bob", "eve", "carl"):
            self.others[name] = home = self.home()
            self.gnupg.import_(home.export(home.generate(f"{name}@plain.lab")))
        self.publish("joe.doe@wkd.lab", "iy9q119eutrkn8s1mk4r39qejnbu3n5q")
        anna = self.gnupg.generate("Anna <anna@provider.lab>")
        for gnupg in self.others.values():
            gnupg.import_(self.gnupg.export(anna))

    def publish(self, address, place):
        """A key that only the recipient's own domain knows, beside a mail server without TLS."""
        world = self.office.world
        self.others["joe"] = self.home()
        fingerprint = self.others["joe"].generate(address)
        world.policies.key_directory("wkd.lab", {place: self.others["joe"].export(fingerprint)})
        world.zones.zone(
            "wkd.lab", f"@ MX 10 mx.plain.lab.\nopenpgpkey A {POLICY_ADDRESS}\n", signed=False
        )


def opened(gnupg, raw):
    """The inside of a PGP/MIME letter, as its recipient's gpg sees it."""
    outer = email.message_from_bytes(raw, policy=email.policy.SMTP)
    tap.equal(outer.get_content_type(), "multipart/encrypted", "type")
    parts = outer.get_payload()
    tap.equal([x.get_content_type() for x in parts],
              ["application/pgp-encrypted", "application/octet-stream"], "parts")  # fmt: skip
    return gnupg.decrypt(parts[1].get_payload().encode())


def test_goes_locked(lab):
    """No TLS on the way, a key in the keyring: locked with no step in between"""
    accepted, said = lab.office.send(
        "bob@plain.lab", letter("bob@plain.lab", "Blood count", name="locked", body=BODY)
    )
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("locked"), "the letter arrives")
    (raw,) = lab.arrived("locked")
    tap.true(b"Blood count" not in raw, "the subject is outside")
    inside = opened(lab.others["bob"], raw)
    tap.true(inside.endswith(b"\r\n\r\n" + BODY.encode()), inside)
    tap.true(b"\r\nSubject: Blood count\r\n" in inside, inside)
    fate = lab.office.fate("locked")
    tap.equal((fate["method"], fate["state"], fate["bound"]), ("pgp", "sent", "content"), "fate")
    proof = fate["proof"]["lock"]
    tap.equal(proof["source"], "gnupg", "source")
    tap.equal(proof["trust"], "kept", "trust")
    tap.equal(
        proof["fingerprint"], lab.gnupg.fingerprint("bob@plain.lab").lower(), "fingerprint"
    )


def test_compression(lab):
    """Text is compressed inside the lock; what comes with an attachment is not"""
    packets = {}
    for name, kind in (("text", "text/plain"), ("attachment", "application/pdf")):
        content = letter("bob@plain.lab", name=name, body="word " * 10 + "\r\n")
        content = content.replace(b"\r\n\r\n", f"\r\nContent-Type: {kind}\r\n\r\n".encode(), 1)
        accepted, said = lab.office.send("bob@plain.lab", content)
        tap.true(accepted, said)
        wait_until(lambda arrived=name: lab.arrived(arrived), "the letter arrives")
        (raw,) = lab.arrived(name)
        armour = raw[raw.index(b"-----BEGIN PGP") :]
        packets[name] = b":compressed packet:" in lab.others["bob"].run("--list-packets", input=armour)
    tap.equal(packets, {"text": True, "attachment": False}, "compressed")


def sealed(lab, name):
    """How many keys a copy is locked for -> the copy."""
    return {len(lab.gnupg.key_ids(raw)): raw for raw in lab.arrived(name)}


def test_bcc_stays_blind(lab):
    """One copy for those who see each other, one for each who is not seen"""
    content = letter("bob@plain.lab>, <eve@plain.lab", name="blind", body=BODY)
    accepted, said = lab.office.send(["bob@plain.lab", "eve@plain.lab", "carl@plain.lab"], content)
    tap.true(accepted, said)
    # the provider may keep a letter for each of its recipients: what differs is the sealed bytes
    wait_until(lambda: len(sealed(lab, "blind")) == 2, "both copies arrive")
    copies = sealed(lab, "blind")
    tap.equal(sorted(copies), [2, 3], "keys of the copies")
    seen, blind = copies[3], copies[2]
    for name in ("bob", "eve"):
        tap.true(opened(lab.others[name], seen).endswith(BODY.encode()), f"{name} cannot read it")
    tap.true(opened(lab.others["carl"], blind).endswith(BODY.encode()), "carl cannot read it")


def test_standing_sentences(lab):
    """Locked for one and open for another: both are told, in show, explain and JSON"""
    daemon = lab.office.daemon
    content = letter("bob@plain.lab>, <dan@plain.lab", name="both")
    accepted, said = lab.office.send(["bob@plain.lab", "dan@plain.lab"], content)
    tap.true(accepted, said)
    record = daemon.wait_letters(
        lambda letters: next((x for x in letters if x["message_id"] == "<both@provider.lab>"
                              and {y["state"] for y in x["recipients"]} == {"sent", "held"}), None),
        "one is sent, one is held",
    )  # fmt: skip
    tap.equal(record["warning"], None, "warning")
    also = {x["address"]: " ".join(x["also"]) for x in record["recipients"]}
    tap.true("stayed readable" in also["bob@plain.lab"], also)
    tap.true("went open" not in also["bob@plain.lab"], also)
    daemon.letterlock("release", record["id"], "--anyway")
    record = daemon.wait_letters(
        lambda letters: next((x for x in letters if x["id"] == record["id"] and x["state"] == "sent"), None),
        "both are sent",
    )  # fmt: skip
    tap.true("left locked for some and open for others" in record["warning"], record)
    bob = next(x for x in record["recipients"] if x["address"] == "bob@plain.lab")
    tap.true("another copy of this letter went open" in bob["also"], bob)
    for command in ("show", "explain"):
        words = " ".join(daemon.letterlock(command, record["id"]).split())
        tap.true("Sent or Drafts" in words, words)
        tap.true("went open" in words and "open for others" in words, words)


def test_no_key_holds(lab):
    """No TLS and no key: held, and said why"""
    accepted, said = lab.office.send("dan@plain.lab", letter("dan@plain.lab", name="keyless"))
    tap.true(accepted, said)
    lab.office.daemon.wait_letter("keyless", "held")
    tap.equal(lab.arrived("keyless"), [], "letters at the provider")
    reason = lab.office.fate("keyless")["reason"]
    tap.true("no key for this address is known" in reason, reason)


def test_web_key_directory(lab):
    """The recipient's own domain publishes his key: locked with no step in between"""
    accepted, said = lab.office.send(
        "joe.doe@wkd.lab", letter("joe.doe@wkd.lab", name="published", body=BODY)
    )
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("published"), "the letter arrives")
    inside = opened(lab.others["joe"], lab.arrived("published")[0])
    tap.true(inside.endswith(b"\r\n\r\n" + BODY.encode()), inside)
    lock = lab.office.fate("published")["proof"]["lock"]
    tap.equal((lock["source"], lock["trust"]), ("wkd", "published"), "lock")
    tap.true("joe" not in lab.gnupg.run("--list-keys").decode(), "the key was imported")


def test_smime(lab):
    """A certificate from a file, with an issuer that the office trusts: locked with S/MIME"""
    ca = lab.office.world.ca
    made = ca.issue_for_mail("gina@plain.lab")
    (key,) = lab.office.daemon.letterlock("key", "import", made.chain, "--json")
    tap.equal((key["method"], key["addresses"]), ("smime", ["gina@plain.lab"]), "what was imported")
    (listed,) = lab.office.daemon.letterlock("key", "list", "gina@plain.lab", "--json")
    tap.equal((listed["trust"], listed["use"]), ("verified", "ready"), listed)
    accepted, said = lab.office.send(
        "gina@plain.lab", letter("gina@plain.lab", name="enveloped", body=BODY)
    )
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("enveloped"), "the letter arrives")
    done = subprocess.run(
        ["openssl", "cms", "-decrypt", "-binary", "-recip", made.chain, "-inkey", made.key],
        input=lab.arrived("enveloped")[0], capture_output=True, check=False,
    )  # fmt: skip
    tap.true(done.stdout.endswith(b"\r\n\r\n" + BODY.encode()), done.stderr)
    fate = lab.office.fate("enveloped")
    tap.equal((fate["method"], fate["proof"]["lock"]["source"]), ("smime", "imported"), "fate")


def test_same_bytes(lab):
    """A locked copy is made once: what is tried again has the same bytes"""
    letterlock = lab.office.daemon.letterlock
    spool = os.path.join(lab.office.daemon.state, "spool", "letters")

    def copies():
        found = sorted(x for x in os.listdir(spool) if ".copy" in x)
        return {x: open(os.path.join(spool, x), "rb").read() for x in found}

    letterlock("account", "edit", "anna", "--upstream", f"{NAME}:4", "--security", "tls")
    try:
        accepted, said = lab.office.send("bob@plain.lab", letter("bob@plain.lab", name="again", body=BODY))
        tap.true(accepted, said)
        record = lab.office.daemon.wait_letter("again", "waiting")
        before = copies()
        tap.equal(len(before), 1, "copies")
        letterlock("retry", record["id"])
        lab.office.daemon.wait_letters(
            lambda letters: any(x["id"] == record["id"] and x["state"] == "waiting"
                                and x["recipients"][0]["tries"] > record["recipients"][0]["tries"]
                                for x in letters),
            "it was tried again",
        )  # fmt: skip
        tap.equal(copies(), before, "the copy")
    finally:
        letterlock("account", "edit", "anna", "--upstream", f"{NAME}:587", "--security", "starttls")
    wait_until(lambda: lab.arrived("again"), "the letter arrives")
    tap.true(opened(lab.others["bob"], lab.arrived("again")[0]).endswith(BODY.encode()), "contents")


def test_key_words(lab):
    """key list shows the key and its use; a rejected key locks nothing, an accepted one does"""
    letterlock = lab.office.daemon.letterlock
    fingerprint = lab.gnupg.fingerprint("eve@plain.lab").lower()
    (key,) = letterlock("key", "list", "eve@plain.lab", "--json")
    tap.equal((key["fingerprint"], key["use"], key["source"]), (fingerprint, "ready", "gnupg"), "key")
    letterlock("key", "reject", "eve@plain.lab", fingerprint[:8])
    accepted, said = lab.office.send("eve@plain.lab", letter("eve@plain.lab", name="rejected"))
    tap.true(accepted, said)
    held = lab.office.daemon.wait_letter("rejected", "held")
    tap.equal(lab.arrived("rejected"), [], "letters at the provider")
    letterlock("key", "accept", "eve@plain.lab", fingerprint)
    wait_until(lambda: lab.arrived("rejected"), "the letter arrives")
    fate = lab.office.fate("rejected")
    tap.equal((fate["method"], fate["confidence"]), ("pgp", "assured"), "fate")
    tap.equal(fate["proof"]["lock"]["trust"], "accepted", "trust")


def test_tls_needs_no_lock(lab):
    """Where the way is good, nothing is locked"""
    accepted, said = lab.office.send("bob@dane.lab", letter("bob@dane.lab", name="good"))
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived("good"), "the letter arrives")
    tap.true(b"Dear Bob" in lab.arrived("good")[0], "it was changed")


if __name__ == "__main__":
    tap.main(Locked)
