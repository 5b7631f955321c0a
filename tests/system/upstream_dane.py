# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DANE of the provider itself (RFC 7672), in a zone that is signed: what it publishes decides, also
behind a CNAME. A mismatch is refused, and nothing is said to who answers there."""

import contextlib

import certificates
import clients
import tap
from office import Office, letter
from process import wait_until
from smtp_faults import OFFERS, FaultServer

PORT = 587


class Case:
    """A provider of its own: its records, the certificate that it shows, and what becomes of a
    letter. {own} and {other} are TLSA records of the shown key and of another one."""

    def __init__(self, name, records, *, certificate="self-signed", sent, says="", signed=True, ds=None):
        self.name = name
        self.records = records
        self.certificate = certificate
        self.sent = sent
        self.says = says
        self.signed = signed
        self.ds = ds


DOES_NOT_MATCH = "does not match the key that"
CASES = [
    Case("match", "mail A {ip}\n_587._tcp.mail TLSA {own}\n", sent=True),
    Case("mismatch", "mail A {ip}\n_587._tcp.mail TLSA {other}\n", certificate="good", sent=False,
         says=DOES_NOT_MATCH),
    Case("alias", "mail CNAME real\nreal A {ip}\n_587._tcp.real TLSA {own}\n", sent=True),
    Case("alias-mismatch", "mail CNAME real\nreal A {ip}\n_587._tcp.real TLSA {other}\n",
         certificate="good", sent=False, says=DOES_NOT_MATCH),
    Case("alias-first", "mail CNAME real\nreal A {ip}\n_587._tcp.real TLSA {own}\n"
         "_587._tcp.mail TLSA {other}\n", sent=True),
    Case("alias-own", "mail CNAME real\nreal A {ip}\n_587._tcp.mail TLSA {own}\n", sent=True),
    Case("alias-authority", "mail CNAME real\nreal A {ip}\n_587._tcp.real TLSA {authority}\n",
         certificate="good", sent=True),
    Case("alias-authority-other-name", "mail CNAME real\nreal A {ip}\n_587._tcp.real TLSA {authority}\n",
         certificate="wrong-name", sent=False, says="the certificate is for elsewhere.lab"),
    Case("unsigned", "mail A {ip}\n_587._tcp.mail TLSA {other}\n", certificate="good", signed=False,
         sent=True),
    Case("no-keys", "mail A {ip}\n", certificate="self-signed", sent=False, says="self-signed"),
]  # fmt: skip


class Published(Office):
    def __init__(self, folder):
        super().__init__(folder)
        ca = self.world.ca
        other = certificates.self_signed(folder + "/other", "other.lab")
        self.servers = {}
        for number, case in enumerate(CASES):
            domain = f"{case.name}.up.lab"
            host = f"mail.{domain}"
            shown = {
                "good": lambda: ca.issue(host),
                "self-signed": lambda: certificates.self_signed(folder + "/own", host),
                "wrong-name": lambda: ca.issue("elsewhere.lab", stem=case.name),
            }[case.certificate]()
            address = f"127.0.0.{90 + number}"
            text = case.records.format(
                ip=address, own=shown.tlsa(), other=other.tlsa(), authority=ca.tlsa(2, 0, 1)
            )
            self.world.zones.zone(domain, text, signed=case.signed, ds=case.ds)
            self.servers[case.name] = FaultServer(
                shown, address=address, port=PORT, implicit=False, offers=OFFERS,
                users={self.sender(case.name): "secret"},
            )  # fmt: skip
        self.world.zones.zone("up.lab", "@ TXT x\n")
        self.stack = contextlib.ExitStack()

    @staticmethod
    def sender(name):
        return f"anna@{name}.up.lab"

    def __enter__(self):
        for server in self.servers.values():
            self.stack.enter_context(server)
        super().__enter__()
        return self

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.stack.close()


def make(case):
    def test(office):
        server, sender = office.servers[case.name], office.sender(case.name)
        answer = office.daemon.add_account(
            sender, f"mail.{case.name}.up.lab:{PORT}", password="secret"
        )
        login = clients.Login(answer["username"], answer["password"])
        content = letter("bob@dane.lab", name=case.name, sender=sender)
        accepted, said = clients.python(login, sender, ["bob@dane.lab"], content)
        tap.true(accepted, said)
        state = "sent" if case.sent else "waiting"
        wait_until(lambda: office.fate(case.name)["state"] == state, f"{case.name} is {state}")
        tap.equal(len(server.letters), 1 if case.sent else 0, "letters there")
        if not case.sent:
            reason = office.fate(case.name)["reason"]
            tap.true(case.says in reason, reason)
            heard = " ".join(str(c) for c in server.commands).upper()
            tap.true("AUTH" not in heard and "MAIL" not in heard, heard)

    test.__doc__ = case.name.replace("-", " ")
    return test


for _case in CASES:
    globals()["test_" + _case.name.replace("-", "_")] = make(_case)


if __name__ == "__main__":
    tap.main(Published)
