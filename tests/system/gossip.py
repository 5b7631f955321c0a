# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who shares a locked copy can answer all: their keys are told to each other inside of it, and
nothing is told of a Bcc recipient, or to him."""

import base64
import email

import tap
from gnupg import GnuPG
from locks import BODY, Locked, opened, sealed
from office import letter
from process import wait_until


def told(inside):
    """Address -> key of the gossip in a letter's protected header."""
    found = {}
    for field in email.message_from_bytes(inside).get_all("Autocrypt-Gossip", []):
        address, _, key = field.partition("; keydata=")
        found[address.removeprefix("addr=")] = base64.b64decode("".join(key.split()))
    return found


def send(lab, name, to, content):
    accepted, said = lab.office.send([f"{x}@plain.lab" for x in to], content)
    tap.true(accepted, said)
    wait_until(lambda: lab.arrived(name), "the letter arrives")


def test_answer_all(lab):
    """Bob has Eve's key from the letter, and Eve can read what he locks for her"""
    content = letter("bob@plain.lab>, <eve@plain.lab", name="all", body=BODY)
    send(lab, "all", ("bob", "eve", "carl"), content)
    wait_until(lambda: len(sealed(lab, "all")) == 2, "both copies arrive")
    copies = sealed(lab, "all")
    inside = opened(lab.others["bob"], copies[3])
    keys = told(inside)
    tap.equal(sorted(keys), ["bob@plain.lab", "eve@plain.lab"], "who is told of")
    tap.equal(told(opened(lab.others["carl"], copies[2])), {}, "what Carl is told")
    for raw in copies.values():
        tap.true(b"Autocrypt-Gossip" not in raw, "gossip outside")
    tap.true(inside.endswith(BODY.encode()), inside)
    with GnuPG() as other:
        other.import_(keys["eve@plain.lab"])
        fingerprint = other.fingerprint("eve@plain.lab")
        made = other.run("--trust-model", "always", "-r", fingerprint, "--encrypt", input=b"yes")
        tap.equal(lab.others["eve"].decrypt(made), b"yes", "what Eve reads")


def authors_key(raw):
    """(addresses, keys) of the Autocrypt fields outside."""
    fields = email.message_from_bytes(raw).get_all("Autocrypt", [])
    pairs = [x.partition("; keydata=") for x in fields]
    return [x.removeprefix("addr=") for x, _, _ in pairs], [
        base64.b64decode("".join(x.split())) for _, _, x in pairs
    ]


def test_answer(lab):
    """Bob has Anna's key from the letter, and she can read what he locks for her"""
    send(lab, "answer", ("bob",), letter("bob@plain.lab", name="answer", body=BODY))
    (raw,) = lab.arrived("answer")
    addresses, keys = authors_key(raw)
    tap.equal(addresses, ["anna@provider.lab"], "whose key")
    tap.true(len(keys[0]) < 10 * 1024, len(keys[0]))
    with GnuPG() as other:
        other.import_(keys[0])
        fingerprint = other.fingerprint("Anna <anna@provider.lab>")
        made = other.run("--trust-model", "always", "-r", fingerprint, "--encrypt", input=b"yes")
        tap.equal(lab.gnupg.decrypt(made), b"yes", "what Anna reads")


def test_own_word(lab):
    """What the mail program says of it stays, alone; and nothing is said where the user says so"""
    own = b"Autocrypt: addr=anna@provider.lab; keydata=AAAA\r\n"
    send(lab, "own", ("bob",), own + letter("bob@plain.lab", name="own", body=BODY))
    tap.equal(authors_key(lab.arrived("own")[0]), (["anna@provider.lab"], [b"\0\0\0"]), "fields")
    lab.office.daemon.letterlock("config", "set", "protect.autocrypt", "false")
    send(lab, "silent", ("bob",), letter("bob@plain.lab", name="silent", body=BODY))
    tap.equal(authors_key(lab.arrived("silent")[0]), ([], []), "switched off")
    lab.office.daemon.letterlock("config", "set", "protect.autocrypt", "true")


def test_nobody_to_tell(lab):
    """One recipient alone is told nothing; and nobody, where the user does not want it"""
    send(lab, "alone", ("bob",), letter("bob@plain.lab", name="alone", body=BODY))
    tap.equal(told(opened(lab.others["bob"], lab.arrived("alone")[0])), {}, "alone")
    lab.office.daemon.letterlock("config", "set", "protect.gossip", "false")
    content = letter("bob@plain.lab>, <eve@plain.lab", name="quiet", body=BODY)
    send(lab, "quiet", ("bob", "eve"), content)
    tap.equal(told(opened(lab.others["bob"], lab.arrived("quiet")[0])), {}, "switched off")


if __name__ == "__main__":
    tap.main(Locked)
