# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locked because the letter or the user asks for it, over ways that would do: mode encrypt, tags,
the header, answers in a locked conversation; and the letters that are never locked."""

import email

import tap
from locks import BODY, Locked, opened
from office import letter
from process import wait_until


class Asked(Locked):
    """Dora's mail server is reached over DANE, and her key is in Anna's keyring."""

    def __enter__(self):
        super().__enter__()
        dora = self.others["dora"] = self.home()
        self.gnupg.import_(dora.export(dora.generate("dora@dane.lab")))
        dora.import_(self.gnupg.export(self.gnupg.fingerprint("Anna <anna@provider.lab>")))
        return self

    def settle(self, name, to="dora@dane.lab", subject="Blood count", *, more="", body=BODY):
        """The letter's one recipient, once it is held, gone or refused."""
        accepted, said = self.office.send(to, letter(to, subject, name=name, more=more, body=body))
        if not accepted:
            return {"state": "refused", "reason": said}
        self.office.daemon.wait_letter(name, "sent", "held", "refused", "dropped")
        return self.office.fate(name)

    def inside(self, name, who):
        wait_until(lambda: self.arrived(name), f"{name} arrives")
        (raw,) = self.arrived(name)
        return raw, opened(self.others[who], raw)


def test_encrypt_tag(lab):
    """[encrypt] locks although the way is good; the tag stays nowhere"""
    fate = lab.settle("tag", subject="[encrypt] Blood count")
    tap.equal((fate["state"], fate["method"]), ("sent", "pgp"), fate)
    tap.true("locked with PGP, as the letter or your settings ask" in fate["reason"], fate["reason"])
    raw, inside = lab.inside("tag", "dora")
    tap.true(b"\r\nSubject: Blood count\r\n" in inside, inside)
    tap.true(b"[encrypt]" not in raw and b"[encrypt]" not in inside, "the tag is still there")
    tap.true(inside.endswith(BODY.encode()), inside)


def test_header(lab):
    """Letterlock-Mode: encrypt does the same, and leaves no trace"""
    fate = lab.settle("header", more="Letterlock-Mode: encrypt\r\n")
    tap.equal((fate["state"], fate["method"]), ("sent", "pgp"), fate)
    raw, inside = lab.inside("header", "dora")
    tap.true(b"Letterlock-Mode" not in raw and b"Letterlock-Mode" not in inside, "header")


def subjects(lab, name, who):
    """Outside, inside, and what the ledger says of it."""
    raw, inside = lab.inside(name, who)
    found = [email.message_from_bytes(x)["subject"] for x in (raw, inside)]
    return (*found, lab.office.fate(name)["proof"]["lock"]["subject"])


def outer(inside):
    """Its HP-Outer fields: what its reader is told stands outside (RFC 9788)."""
    fields = email.message_from_bytes(inside).get_all("HP-Outer", [])
    return dict(x.split(": ", 1) for x in fields)


def test_subject(lab):
    """Hidden where the way is the reason; where it would do, as settings and contact say"""
    letterlock = lab.office.daemon.letterlock
    hidden, kept = ("[...]", "Blood count", "hidden"), ("Blood count", "Blood count", "readable")
    asked = {"subject": "[encrypt] Blood count", "more": "Comments: for Dr. Who\r\n"}
    lab.settle("auto", **asked)
    tap.equal(subjects(lab, "auto", "dora"), hidden, "auto with PGP")
    tap.equal(outer(lab.inside("auto", "dora")[1])["Subject"], "[...]", "HP-Outer")
    tap.true(b"Dr. Who" not in lab.arrived("auto")[0], "Comments")
    letterlock("config", "set", "protect.subject", "keep")
    lab.settle("kept", **asked)
    tap.equal(subjects(lab, "kept", "dora"), kept, "keep, and the way would do")
    told = outer(lab.inside("kept", "dora")[1])
    tap.equal((told["Subject"], told["Comments"]), ("Blood count", "for Dr. Who"), "HP-Outer")
    lab.settle("plain", "bob@plain.lab")
    tap.equal(subjects(lab, "plain", "bob"), hidden, "keep, but the way is the reason")
    (contact,) = letterlock("key", "prefer", "bob@plain.lab", "--subject", "keep", "--json")
    tap.equal(contact, {"address": "bob@plain.lab", "method": "auto", "subject": "keep"}, "contact")
    lab.settle("wish", "bob@plain.lab")
    tap.equal(subjects(lab, "wish", "bob"), kept, "kept for a contact")
    letterlock("key", "prefer", "bob@plain.lab", "--subject", "auto")
    letterlock("key", "prefer", "dora@dane.lab", "--subject", "hide")
    lab.settle("wish-hide", **asked)
    tap.equal(subjects(lab, "wish-hide", "dora"), hidden, "hidden for a contact")
    letterlock("key", "prefer", "dora@dane.lab", "--subject", "auto")
    letterlock("config", "set", "protect.subject", "auto")
    wrong = lab.office.daemon.try_letterlock("key", "prefer", "bob@plain.lab", "--subject", "no")
    tap.true(wrong.returncode != 0 and "hide, keep or auto" in wrong.stderr, wrong.stderr)


def test_rule(lab):
    """A rule with mode encrypt locks every letter to a domain, or holds it"""
    letterlock = lab.office.daemon.letterlock
    letterlock("rule", "add", "--to", "dane.lab", "--mode", "encrypt", "--note", "patients")
    try:
        tap.equal(lab.settle("ruled")["method"], "pgp", "method")
        lab.inside("ruled", "dora")
        fate = lab.settle("keyless", "bob@dane.lab")
        tap.equal((fate["state"], fate["method"]), ("held", None), fate)
        tap.true("it is to be locked" in fate["reason"] and "no key" in fate["reason"], fate["reason"])
        tap.equal(lab.arrived("keyless"), [], "letters at the provider")
    finally:
        letterlock("rule", "remove", "1")


def test_pickup(lab):
    """[pickup] without pickup links is held in so many words, and can be locked instead"""
    fate = lab.settle("pickup", subject="[pickup] Blood count")
    tap.equal(fate["state"], "held", fate)
    tap.true("pickup link" in fate["reason"], fate["reason"])
    tap.equal(lab.arrived("pickup"), [], "letters at the provider")
    record = lab.office.letter_named("pickup")
    lab.office.daemon.letterlock("release", record["id"], "--with", "pgp")
    _, inside = lab.inside("pickup", "dora")
    tap.true(inside.endswith(BODY.encode()), inside)


def test_tls(lab):
    """[tls] is TLS or nothing: no lock takes its place"""
    fate = lab.settle("tls", "bob@plain.lab", "[tls] Blood count")
    tap.true(fate["state"] in ("refused", "dropped"), fate)
    tap.equal(lab.arrived("tls"), [], "letters at the provider")
    fate = lab.settle("tls-good", subject="[tls] Blood count")
    tap.equal((fate["state"], fate["method"]), ("sent", "tls"), fate)


def test_hold(lab):
    """[hold] beats every lock"""
    fate = lab.settle("hold", "bob@plain.lab", "[hold][encrypt] Blood count")
    tap.equal(fate["state"], "held", fate)
    tap.equal(lab.arrived("hold"), [], "letters at the provider")


def test_contradiction(lab):
    """To be locked, and over TLS or not at all: asked"""
    fate = lab.settle("both", subject="[tls][encrypt] Blood count")
    tap.equal(fate["state"], "held", fate)
    tap.true("choose one" in fate["reason"], fate["reason"])


def test_answer(lab):
    """An answer to a letter that went locked does not go open unasked, to anybody"""
    tap.equal(lab.settle("first", subject="[encrypt] Blood count")["method"], "pgp", "method")
    for field in ("In-Reply-To", "References"):
        for name in ("dora", "bob"):
            more = f"{field}: <first@provider.lab>\r\n"
            fate = lab.settle(f"re-{name}-{field}", f"{name}@dane.lab", "Re: Blood count", more=more)
            tap.equal(fate["state"], "held", fate)
            tap.true("answers a letter that went locked" in fate["reason"], fate["reason"])
            tap.equal(lab.arrived(f"re-{name}-{field}"), [], "letters at the provider")
    tap.equal(fate["offers"], [], "of Bob there is no key")
    record = lab.office.letter_named("re-dora-References")
    tap.equal(record["recipients"][0]["offers"], ["pgp"], "offers")
    lab.office.daemon.letterlock("release", record["id"], "--with", "pgp")
    lab.inside("re-dora-References", "dora")
    fate = lab.settle("other", subject="Re: else", more="In-Reply-To: <else@provider.lab>\r\n")
    tap.equal((fate["state"], fate["method"]), ("sent", "tls"), fate)


def test_never_locked(lab):
    """Lists, calendars, reports, robots and no-reply addresses: each held with its own reason"""
    calendar = "Content-Type: text/calendar; method=REPLY\r\n"
    kinds = (
        ("calendar", "bob@plain.lab", calendar, "invitations"),
        ("list", "bob@plain.lab", "List-Id: <doctors.provider.lab>\r\n", "mailing list"),
        ("robot", "bob@plain.lab", "Auto-Submitted: auto-replied\r\n", "automatic letters"),
        ("report", "bob@plain.lab",
         "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n",
         "reports"),
        ("noreply", "no-reply@plain.lab", "", "takes no answers"),
    )  # fmt: skip
    for name, to, more, said in kinds:
        fate = lab.settle(name, to, more=more)
        tap.equal((fate["state"], fate["offers"]), ("held", []), fate)
        tap.true(said in fate["reason"], fate["reason"])
        tap.equal(lab.arrived(name), [], "letters at the provider")
        sent = lab.settle(f"{name}-good", to.replace("plain", "dane"), more=more)
        tap.equal((sent["state"], sent["method"]), ("sent", "tls"), sent)


if __name__ == "__main__":
    tap.main(Asked)
