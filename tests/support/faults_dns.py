# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS forwarder that misbehaves: what networks do to DNS, and what NSD cannot do.

Forwards to a real server, except where told otherwise:
  rules    [(type or None, name suffix, "drop" | "servfail" | "refuse" | "strip-udp" | "strip-then-drop"
           | "strip-once")]; the last three: unsigned over UDP; and then nothing over TCP; unsigned
           the first time, and then nothing
  strip    asks upstream without DO, so that no signature comes back
  captive  answers every question with this one address
  split    {name suffix: another real server that is asked about it}
  udp, tcp "pass" or "drop"
  edns     False: does not know it (RFC 6891 7)
  largest  longer answers over UDP are lost on the way
  far      seconds that an answer over TCP is on its way
"""

import socket
import socketserver
import struct
import threading
import time

TYPES = {
    "A": 1,
    "NS": 2,
    "CNAME": 5,
    "SOA": 6,
    "MX": 15,
    "TXT": 16,
    "AAAA": 28,
    "DS": 43,
    "DNSKEY": 48,
    "TLSA": 52,
}
FORMERR, SERVFAIL, REFUSED = 1, 2, 5
OPT = 41


def read_question(packet):
    """(name in lower case, type, offset behind the question)."""
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("latin-1").lower())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack_from("!H", packet, at + 1)[0], at + 5


def failure(packet, rcode):
    """The question back, with nothing but a code."""
    end = read_question(packet)[2]
    return packet[:2] + struct.pack("!HHHHH", 0x8180 | rcode, 1, 0, 0, 0) + packet[12:end]


def captive_answer(packet, address):
    """One A record, whatever the question was."""
    end = read_question(packet)[2]
    record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(address)
    return packet[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + packet[12:end] + record


def has_edns(packet):
    end = read_question(packet)[2]
    return len(packet) >= end + 11 and struct.unpack_from("!H", packet, end + 1)[0] == OPT


def without_do(packet):
    """The query with the DO bit cleared (OPT is the only additional record of a query)."""
    end = read_question(packet)[2]
    if not has_edns(packet):
        return packet
    return packet[: end + 7] + b"\0\0" + packet[end + 9 :]


class Forwarder:
    """Listens on UDP and TCP of one free port until the process ends or stop() is called."""

    def __init__(self, upstream, address="127.0.0.1", port=0, **faults):
        self.upstream = upstream
        self.rules = faults.get("rules", [])
        self.strip = faults.get("strip", False)
        self.captive = faults.get("captive")
        self.split = faults.get("split", {})
        self.udp = faults.get("udp", "pass")
        self.tcp = faults.get("tcp", "pass")
        self.edns = faults.get("edns", True)
        self.largest = faults.get("largest", 65535)
        self.far = faults.get("far", 0)
        self.asked = []  # (name, type) of every question that came, for the tests
        self._listen(address, port)

    def _listen(self, address, port):
        outer = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                packet, sock = self.request
                answer = outer.answer(packet, tcp=False)
                if answer:
                    sock.sendto(answer, self.client_address)

        class Tcp(socketserver.StreamRequestHandler):
            def handle(self):
                while True:
                    head = self.rfile.read(2)
                    if len(head) < 2:
                        return
                    packet = self.rfile.read(struct.unpack("!H", head)[0])
                    answer = outer.answer(packet, tcp=True)
                    time.sleep(outer.far)
                    if answer:
                        self.wfile.write(struct.pack("!H", len(answer)) + answer)

        class UdpServer(socketserver.ThreadingUDPServer):
            daemon_threads = True
            max_packet_size = 65535

        class TcpServer(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        while True:
            tcp = TcpServer((address, port), Tcp)
            try:
                udp = UdpServer(tcp.server_address, Udp)
                break
            except OSError:
                tcp.server_close()
        self.endpoint = tcp.server_address
        self._servers = [tcp, udp]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def set_mode(self, mode):
        """pass, strip, captive ADDRESS, silent, or fault TYPE SUFFIX WHAT (added to the rules)."""
        words = mode.split()
        if words[0] == "fault":
            self.rules = self.rules + [tuple(words[1:4])]
            return
        self.strip = words[0] == "strip"
        self.captive = words[1] if words[0] == "captive" else None
        self.udp = self.tcp = "drop" if words[0] == "silent" else "pass"

    def _rule_for(self, name, qtype):
        for kind, suffix, what in self.rules:
            if kind and TYPES[kind] != qtype:
                continue
            if name == suffix or name.endswith("." + suffix):
                return what
        return None

    def answer(self, packet, tcp):
        """The reply to @packet, or None for silence."""
        try:
            name, qtype, _ = read_question(packet)
        except (IndexError, struct.error):
            return None
        again = (name, qtype) in self.asked
        self.asked.append((name, qtype))
        if (self.tcp if tcp else self.udp) == "drop":
            return None
        if not self.edns and has_edns(packet):
            return failure(packet, FORMERR)
        if self.captive:
            return captive_answer(packet, self.captive)
        what = self._rule_for(name, qtype)
        if what == "drop" or (what == "strip-then-drop" and tcp) or (what == "strip-once" and again):
            return None
        if what in ("servfail", "refuse"):
            return failure(packet, SERVFAIL if what == "servfail" else REFUSED)
        strip = self.strip or what == "strip-once"
        strip = strip or (what in ("strip-udp", "strip-then-drop") and not tcp)
        query = without_do(packet) if strip else packet
        answer = self._forward(query, self._upstream_for(name), tcp)
        return answer if tcp or len(answer or b"") <= self.largest else None

    def _upstream_for(self, name):
        for suffix, server in self.split.items():
            if name == suffix or name.endswith("." + suffix):
                return server
        return self.upstream

    def _forward(self, packet, upstream, tcp):
        if not tcp:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.settimeout(5)
                try:
                    sock.sendto(packet, upstream)
                    return sock.recv(65535)
                except OSError:
                    return None
        with socket.create_connection(upstream, timeout=5) as sock:
            stream = sock.makefile("rwb")
            stream.write(struct.pack("!H", len(packet)) + packet)
            stream.flush()
            return stream.read(struct.unpack("!H", stream.read(2))[0])
