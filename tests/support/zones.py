# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small signed DNS of its own: root, top-level zones, children; served by NSD.

    lab = Lab(folder)
    lab.zone("good.lab", "@ MX 10 mx\\nmx A 127.0.1.1\\n")
    lab.zone("plain.lab", "@ MX 10 mx.good.lab.\\n", signed=False)
    lab.start()              # nsd (lab.nsd = (address, port)), then
    lab.start_resolver()     # unbound in front of it (lab.resolver)
    ... lab.anchor is the trust anchor file ...
    lab.stop()

As a command it serves the cases of zones_cases.py and the faults of faults_dns.py,
prints one line of JSON when all of it answers, and stops when its stdin is closed.
"""

import argparse
import atexit
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

ALGORITHM = "ECDSAP256SHA256"
HEADER = "$TTL {ttl}\n@ IN SOA ns.lab. hostmaster.lab. 1 3600 600 86400 60\n@ IN NS ns.lab.\n"
DAY = 86400


def free_port(address="127.0.0.1"):
    """A port that is free for UDP and TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind((address, 0))
            port = tcp.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind((address, port))
                except OSError:
                    continue
                return port


def question(name, qtype, ident=1, recurse=True):
    """A DNS query with EDNS and DO."""
    wire = b"".join(bytes([len(p)]) + p.encode() for p in name.strip(".").split(".") if p) + b"\0"
    return (
        struct.pack("!HHHHHH", ident, 0x0100 if recurse else 0, 1, 0, 0, 1)
        + wire
        + struct.pack("!HH", qtype, 1)
        + b"\0"
        + struct.pack("!HHIH", 41, 1232, 0x8000, 0)
    )


def wait_for_dns(address, port, process=None, seconds=20):
    """Until something answers "lab. SOA" there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the name server on {address}@{port} ended: {process.args}")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(0.1)
            try:
                udp.sendto(question("lab", 6), (address, port))
                if udp.recv(4096)[3] & 0x0F != 2:
                    return
                time.sleep(0.02)
            except OSError:
                time.sleep(0.02)
    raise RuntimeError(f"nothing answers on {address}@{port}")


class Zone:
    """One zone: its text, and how it is broken."""

    def __init__(self, name, text, signed=True, ds=None, dates=None, ttl=300, nsec3=False):
        self.name = name.strip(".")
        self.text = text
        self.signed = signed
        self.ds = signed if ds is None else ds  # whether the parent vouches for it; or its record
        self.dates = dates  # (inception, expiration), seconds from now
        self.ttl = ttl
        self.nsec3 = nsec3  # or more options for it, as ldns-signzone takes them

    @property
    def origin(self):
        return self.name + "." if self.name else "."


class Lab:
    """Zones, their keys, and the servers that answer for them."""

    nsd_program = "/usr/sbin/nsd"

    def __init__(self, folder=None, root_dates=None):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="letterlock-dns-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.zones = {}
        self.processes = []
        self.key_text = None
        self.anchor = self.folder / "anchor.key"
        self.zone("", "ns.lab. A 127.0.0.1\n", dates=root_dates)
        self.zone("lab", "ns A 127.0.0.1\n")
        atexit.register(self.stop)

    def zone(self, name, text, **options):
        """Adds a zone; a top-level zone that is missing is added too, signed. Returns it."""
        zone = Zone(name, text, **options)
        top = zone.name.rpartition(".")[2]
        if top not in self.zones and top != zone.name:
            self.zone(top, "")
        self.zones[zone.name] = zone
        return zone

    # -- signing ------------------------------------------------------------

    def _make_key(self):
        """One key pair; every zone uses it under its own name, which makes signing fast."""
        base = subprocess.run(
            ["ldns-keygen", "-a", ALGORITHM, "-k", "lab"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        self.key_text = (self.folder / f"{base}.key").read_text()
        self.private_text = (self.folder / f"{base}.private").read_text()

    def _key_for(self, zone):
        """Path of the key pair in the name of @zone, without suffix."""
        stem = self.folder / f"K{zone.name or 'root'}"
        words = self.key_text.split(None, 1)
        stem.with_name(stem.name + ".key").write_text(f"{zone.origin} {words[1]}")
        stem.with_name(stem.name + ".private").write_text(self.private_text)
        return stem

    def _ds(self, zone):
        stem = self._key_for(zone)
        return subprocess.run(
            ["ldns-key2ds", "-n", "-2", f"{stem}.key"], check=True, capture_output=True, text=True
        ).stdout

    def _parent(self, zone):
        """The name of the closest zone above."""
        name = zone.name.partition(".")[2]
        while name not in self.zones:
            name = name.partition(".")[2]
        return name

    def _delegations(self, zone):
        for child in self.zones.values():
            if child.name and self._parent(child) == zone.name:
                yield f"{child.origin} IN NS ns.lab.\n"
                if child.ds:
                    yield child.ds if isinstance(child.ds, str) else self._ds(child)

    def _write(self, zone):
        text = HEADER.format(ttl=zone.ttl) + zone.text + "\n" + "".join(self._delegations(zone))
        path = self.folder / f"{zone.name or 'root'}.zone"
        path.write_text(f"$ORIGIN {zone.origin}\n{text}")
        if not zone.signed:
            return path
        begin, end = zone.dates or (-DAY, 30 * DAY)
        now = time.time()
        signed = path.with_suffix(".signed")
        command = ["ldns-signzone", "-o", zone.origin, "-f", str(signed)]
        command += ["-i", str(int(now + begin)), "-e", str(int(now + end))]
        if zone.nsec3:
            command += ["-n", *(zone.nsec3.split() if isinstance(zone.nsec3, str) else [])]
        subprocess.run(command + [str(path), str(self._key_for(zone))], check=True)
        return signed

    def write(self):
        """Writes and signs all zones, and the trust anchor. Returns {origin: path}."""
        if self.key_text is None:
            self._make_key()
        paths = {zone.origin: self._write(zone) for zone in self.zones.values()}
        self.anchor.write_text(self._ds(self.zones[""]))
        return paths

    # -- serving ------------------------------------------------------------

    def _spawn(self, command):
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "ab")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.processes.append(process)
        return process

    def start(self, address="127.0.0.1", port=None):
        """Signs everything and starts NSD."""
        self.nsd = (address, port or free_port(address))
        conf = self.folder / "nsd.conf"
        zones = "".join(
            f'zone:\n name: "{origin}"\n zonefile: "{path}"\n' for origin, path in self.write().items()
        )
        conf.write_text(
            f'server:\n ip-address: {address}@{self.nsd[1]}\n username: ""\n chroot: ""\n'
            f' zonesdir: "{self.folder}"\n pidfile: ""\n xfrdfile: ""\n database: ""\n'
            f' zonelistfile: "{self.folder}/zone.list"\n server-count: 1\n verbosity: 0\n'
            f" minimal-responses: yes\nremote-control:\n control-enable: no\n{zones}"
        )
        process = self._spawn([self.nsd_program, "-d", "-c", str(conf)])
        wait_for_dns(*self.nsd, process)
        return self.nsd

    def start_resolver(
        self, address="127.0.0.1", port=None, upstream=None, validate=False, tls=None,
        allow="127.0.0.0/8", negative=1,
    ):  # fmt: skip
        """Starts unbound: the resolver of the network. @upstream: (address, port), else NSD.

        @tls: a certificate; then it speaks DNS over TLS too, at self.resolver_tls.
        """
        self.resolver = (address, port or free_port(address))
        up = upstream or self.nsd
        conf = self.folder / f"unbound-{self.resolver[1]}.conf"
        modules = "validator iterator" if validate else "iterator"
        anchor = f' trust-anchor-file: "{self.anchor}"\n' if validate else ""
        conf.write_text(
            f"server:\n interface: {address}@{self.resolver[1]}\n"
            f' username: ""\n chroot: ""\n directory: "{self.folder}"\n pidfile: ""\n'
            " do-daemonize: no\n use-syslog: no\n num-threads: 1\n do-not-query-localhost: no\n"
            f' local-zone: "test." transparent\n access-control: {allow} allow\n'
            f' module-config: "{modules}"\n{anchor} do-ip6: no\n cache-max-ttl: 300\n'
            f' cache-max-negative-ttl: {negative}\nforward-zone:\n name: "."\n forward-addr: {up[0]}@{up[1]}\n'
            "remote-control:\n control-enable: no\n"
        )
        if tls:
            self.resolver_tls = (address, free_port(address))
            with conf.open("a") as more:
                more.write(
                    f"server:\n interface: {address}@{self.resolver_tls[1]}\n"
                    f" tls-port: {self.resolver_tls[1]}\n tls-service-key: {tls.key}\n"
                    f" tls-service-pem: {tls.chain}\n"
                )
        process = self._spawn(["/usr/sbin/unbound", "-d", "-c", str(conf)])
        wait_for_dns(*self.resolver, process)
        return self.resolver

    def stop(self):
        """Ends the servers and removes the folder if it was made here."""
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.processes = []
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def text_of(endpoint):
    """As `[network] resolvers` takes it."""
    return f"{endpoint[0]}@{endpoint[1]}"


def serve_cases():
    """Everything that the tests of net/ and assess/ need, as a dictionary for the ready line."""
    import faults_dns
    import zones_cases
    from certificates import Authority

    lab = Lab()
    zones_cases.add(lab)
    nsd = lab.start()
    faulty = faults_dns.Forwarder(nsd, rules=zones_cases.FAULTS)
    certificate = Authority(str(lab.folder / "tls")).issue("resolver.lab")
    lab.start_resolver(upstream=faulty.endpoint, tls=certificate)
    network = lab.resolver
    validating = lab.start_resolver(upstream=faulty.endpoint, validate=True)
    old = Lab(root_dates=(-800 * DAY, -730 * DAY))
    early = Lab(root_dates=(700 * DAY, 730 * DAY))
    ready = {
        "folder": str(lab.folder),
        "anchor": str(lab.anchor),
        "resolver": text_of(network),
        "tls": text_of(lab.resolver_tls),
        "validating": text_of(validating),
        "nsd": text_of(nsd),
        "strip": text_of(faults_dns.Forwarder(nsd, strip=True).endpoint),
        "captive": text_of(faults_dns.Forwarder(nsd, captive="127.0.9.9").endpoint),
        "tcponly": text_of(faults_dns.Forwarder(nsd, udp="drop").endpoint),
        "tcpfar": text_of(faults_dns.Forwarder(nsd, udp="drop", far=0.25).endpoint),
        "silent": text_of(faults_dns.Forwarder(nsd, udp="drop", tcp="drop").endpoint),
        "old": text_of(old.start()),
        "old-anchor": str(old.anchor),
        "early": text_of(early.start()),
        "early-anchor": str(early.anchor),
        "lab-anchor": str(lab.folder / "lab.anchor"),
    }
    failing = [(("TLSA", "lab", what),) for what in ("servfail", "drop")]
    for name, rules in zip(("failing", "deaf"), failing):
        ready[name] = text_of(faults_dns.Forwarder(nsd, rules=rules).endpoint)
    ready["no-edns"] = text_of(faults_dns.Forwarder(nsd, edns=False).endpoint)
    ready["small"] = text_of(faults_dns.Forwarder(nsd, largest=512).endpoint)
    switch = faults_dns.Forwarder(nsd, rules=zones_cases.FAULTS)
    ready["switch"] = text_of(switch.endpoint)
    (lab.folder / "lab.anchor").write_text(lab._ds(lab.zones["lab"]))
    return ready, [lab, old, early], switch


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.parse_args()
    ready, labs, switch = serve_cases()
    print(json.dumps(ready), flush=True)
    # Lines on stdin throw the switch; its end is the end.
    for line in sys.stdin:
        switch.set_mode(line.strip())
        print(json.dumps({"mode": line.strip()}), flush=True)
    for lab in labs:
        lab.stop()


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    main()
