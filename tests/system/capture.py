# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a wiretap sees: no canary of letter, envelope or password on the way to the provider.
Each capture has a positive control that proves that it would have seen it."""

import os
import signal
import struct

import clients
import tap
from office import Office, letter
from process import Program, sbin

CANARY = "canary-5f0c1d7e"
PASSWORD = "canary-password-93ab"


class Tap:
    """tcpdump on the loopback; bytes() gives all that travelled, reassembled by nothing."""

    def __init__(self, folder, name):
        self.file = os.path.join(folder, name + ".pcap")
        self.log = os.path.join(folder, name + ".log")

    def __enter__(self):
        self.program = Program(
            "tcpdump",
            [sbin("tcpdump"), "-i", "lo", "-U", "--immediate-mode", "-B", "65536", "-s", "0", "-Z", "root", "-w", self.file, "tcp"],
            self.log, stop_signal=signal.SIGINT,
        )  # fmt: skip
        self.program.wait_until(lambda: "listening on" in self.program.output(), "it listens")
        return self

    def __exit__(self, *_):
        self.program.stop()

    def streams(self, port):
        """The TCP payload to and from @port, in the order of the wire."""
        with open(self.file, "rb") as file:
            data = file.read()
        at, found = 24, []
        while at + 16 <= len(data):
            length = struct.unpack_from("<I", data, at + 8)[0]
            found.append(payload(data[at + 16 : at + 16 + length], port))
            at += 16 + length
        return b"".join(found)


def payload(frame, port):
    """What one Ethernet frame of the loopback carries for @port."""
    packet = frame[14:]
    if frame[12:14] == b"\x08\x00":
        segment = packet[(packet[0] & 15) * 4 : struct.unpack_from("!H", packet, 2)[0]]
    elif frame[12:14] == b"\x86\xdd":
        segment = packet[40 : 40 + struct.unpack_from("!H", packet, 4)[0]]
    else:
        return b""
    if port not in struct.unpack_from("!HH", segment):
        return b""
    return segment[(segment[12] >> 4) * 4 :]


class Watched(Office):
    def __init__(self, folder):
        users = {"anna@provider.lab": PASSWORD}
        super().__init__(folder, provider={"users": users})
        self.world.password = PASSWORD

    def tap(self, name):
        return Tap(self.folder, name)


def test_no_canary(office):
    """Password, envelope and letter do not appear between Letterlock and the provider"""
    address = f"{CANARY}@valid.lab"
    with office.tap("letter") as wire:
        content = letter(address, CANARY, name=CANARY, body=CANARY + "\r\n")
        accepted, said = office.send(address, content, clients.swaks)
        tap.true(accepted, said)
        office.provider.wait_letters(address)
    upstream = wire.streams(587)
    tap.true(b"STARTTLS" in upstream, "the capture saw no conversation with the provider")
    for secret in (CANARY, PASSWORD):
        tap.true(secret.encode() not in upstream, f"{secret} in clear on the way to the provider")
    local = wire.streams(clients.SMTP)
    tap.true(CANARY.encode() in local, "positive control: the canary did not travel")


def test_positive_control(office):
    """The same letter handed over without TLS is seen by the same capture"""
    with office.tap("control") as wire:
        login = clients.Login("", "", smtp=25, host="127.0.1.9")
        content = letter(f"{CANARY}@plain.lab", CANARY)
        accepted, said = clients.swaks(
            login, "anna@provider.lab", [f"{CANARY}@plain.lab"], content, secret=None
        )
        tap.true(accepted, said)
    tap.true(CANARY.encode() in wire.streams(25), "the control's canary was not seen")


def test_probe_says_nothing(office):
    """A look at the recipients' servers names neither sender nor recipient"""
    with office.tap("probe") as wire:
        office.daemon.try_letterlock("check", f"{CANARY}@dane.lab", "--json")
        address = f"{CANARY}@self.lab"
        office.send(address, letter(address, name=CANARY + "2"), clients.swaks)
    seen = wire.streams(25)
    tap.true(b"STARTTLS" in seen, "nobody was looked at")
    for word in (CANARY.encode(), b"MAIL FROM", b"RCPT TO", b"anna@"):
        tap.true(word not in seen, f"{word} was said to a recipient's server")


def test_implicit_tls(office):
    """Nothing in clear over implicit TLS either, not even a greeting"""
    login = office.world.account(
        office.daemon, address="tls@provider.lab", security="tls", password=PASSWORD
    )
    address = f"implicit-{CANARY}@valid.lab"
    with office.tap("implicit") as wire:
        content = letter(address, name="implicit", sender="tls@provider.lab")
        clients.swaks(login, "tls@provider.lab", [address], content)
    upstream = wire.streams(465)
    tap.true(upstream, "the capture saw nothing of port 465")
    for word in (CANARY.encode(), b"EHLO", b"ESMTP", PASSWORD.encode()):
        tap.true(word not in upstream, f"{word} in clear")


def test_spool_at_rest(office):
    """A held letter lies encrypted on disk; its canary is in no file of the daemon's"""
    address = f"held-{CANARY}@plain.lab"
    body = "body-" + CANARY + "\r\n"
    office.send(address, letter(address, "subject-" + CANARY, name="rest", body=body))
    held = office.daemon.wait_state("held")
    tap.true(held, "nothing is held")
    words = [b"body-" + CANARY.encode(), b"subject-" + CANARY.encode(), PASSWORD.encode()]
    for path, _, files in os.walk(os.path.join(office.daemon.folder)):
        for name in (n for n in files if n != "bus"):
            if name == "secrets":
                continue  # without a keyring the password is in this file, and doctor says so
            with open(os.path.join(path, name), "rb") as file:
                content = file.read()
            for word in words:
                tap.true(word not in content, f"{word} in {path}/{name}")


if __name__ == "__main__":
    tap.main(Watched)
