# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice world for tests/assess/engine.c: prints one line of JSON when it answers, obeys
one command a line, and stops when its stdin is closed. In a network of its own only."""

import contextlib
import json
import sys
import tempfile
import threading

from policies import policy
from smtp_faults import FaultServer
from world import EXPECTED, POLICY_ADDRESS, RESOLVER, World

DUAL, BY_NAME = "127.0.5.9", "127.0.5.8"
STS = f'mta-sts A {POLICY_ADDRESS}\n_mta-sts TXT "v=STSv1; id=20261122T0900;"\n'


def sts(world, domain, mode, *mx):
    world.policies.publish(domain, policy(mode, *mx))
    return STS


def more(world):
    """Domains whose mail servers are those of others."""
    zone = world.zones.zone
    zone("twins.lab", "@ MX 10 a\n@ MX 10 b\na CNAME mx.valid.lab.\nb CNAME mx.valid.lab.\n")
    zone("partly.lab", "@ MX 10 mx.dane.lab.\n@ MX 20 mx.dead.lab.\n@ MX 30 gone.dane.lab.\n")
    zone("backup.lab", "@ MX 10 mx.dane.lab.\n@ MX 20 mx.plain.lab.\n")
    zone("mixed.lab", "@ MX 10 mx.dane.lab.\n@ MX 20 mx.valid.lab.\n")
    zone("nameless.lab", "@ MX 10 gone.dane.lab.\n")
    zone("unnamed.lab", "@ MX 10 mx.valid.lab.\n" + sts(world, "unnamed.lab", "enforce", "x.lab"))
    zone(
        "excluded.lab",
        "@ MX 10 mx.valid.lab.\n@ MX 20 mx.plain.lab.\n"
        + sts(world, "excluded.lab", "enforce", "*.valid.lab"),
    )
    zone("both.lab", "@ MX 10 mx.dane.lab.\n" + sts(world, "both.lab", "enforce", "mx.dane.lab"))
    zone("unfetched.lab", "@ MX 10 mx.valid.lab.\n" + STS)
    world.policies.publish("missing.lab", "gone", status=404)
    zone("missing.lab", "@ MX 10 mx.valid.lab.\n" + STS)
    zone("disowned.lab", "@ MX 10 mx.valid.lab.\n" + sts(world, "disowned.lab", "none", "x.lab"))
    zone("deaddane.lab", "@ MX 10 mx\nmx A 127.0.1.250\n_25._tcp.mx TLSA 3 1 1 " + "ab" * 32 + "\n")
    zone("unusable.lab", "@ MX 10 mx\nmx A 127.0.1.6\n_25._tcp.mx TLSA 1 1 1 " + "ab" * 32 + "\n")
    zone("hosted.lab", "".join(f"d{i} MX 10 mx.dane.lab.\n" for i in range(100)))
    zone("posteo.de", "mx01 A 127.0.1.249\n", signed=False)
    zone("listed.lab", "@ MX 10 mx01.posteo.de.\n", signed=False)
    zone("crowd.lab", "@ MX 10 mx\n" + "".join(f"mx A 127.0.5.{i}\n" for i in range(1, 5)))
    text = "@ MX 10 mx.valid.lab.\n_mta-sts CNAME _mta-sts.sts.lab.\n"
    sts(world, "delegated.lab", "enforce", "mx.valid.lab")
    zone("delegated.lab", f"{text}mta-sts CNAME mta-sts.sts.lab.\n")
    zone("alias.lab", "@ MX 10 mx\nmx CNAME mx.dane.lab.\n")
    # the domain itself is an alias: its servers are those of the other one, its policy is not
    zone("aliases.lab", "sts CNAME sts.lab.\ndane CNAME dane.lab.\n")
    circle = "_25._tcp.mx CNAME round\nround CNAME _25._tcp.mx\n"
    zone("lame.lab", f"@ MX 10 mx.dane.lab.\n@ MX 20 mx\nmx A {DUAL}\n{circle}")
    zone("dual.lab", f"@ MX 10 mx\nmx A {DUAL}\nmx AAAA ::1\n")


class Crowd(FaultServer):
    """One of several addresses of one server, which does not like two visitors at a time."""

    changed = threading.Condition()
    visitors = most = 0

    def fault(self, stage):
        if stage == "greeting":
            # Nobody who was not greeted yet can have left: who is here at once came at once.
            with Crowd.changed:
                Crowd.visitors += 1
                Crowd.most = max(Crowd.most, Crowd.visitors)
                Crowd.changed.notify_all()
                # time for a second one to come, if it does
                Crowd.changed.wait_for(lambda: Crowd.visitors > 1, 0.3)
                Crowd.visitors -= 1
        return super().fault(stage)


def by_name(world):
    """Names behind one address, more than are asked for: each has its own certificate, though any is
    for all, and its own record (RFC 7672 8.1)."""
    names = [f"mx{i}.sni.lab" for i in range(1, 8)]
    made = [world.ca.issue(name, names, stem=name) for name in names]
    world.zones.zone(
        "sni.lab",
        "".join(
            f"@ MX 10 mx{i}\nmx{i} A {BY_NAME}\n_25._tcp.mx{i} TLSA {c.tlsa()}\n"
            for i, c in enumerate(made, 1)
        ),
    )
    server = FaultServer(made[0], address=BY_NAME, port=25, implicit=False)
    contexts = {x: server.make_context(c, None, None, None) for x, c in zip(names, made)}

    def choose(connection, name, _context):
        connection.context = contexts[name]

    server.context.sni_callback = choose
    return server


def main():
    with tempfile.TemporaryDirectory(prefix="ll-engine-") as folder:
        world = World(folder)
        more(world)
        server = by_name(world)
        with world, contextlib.ExitStack() as stack:
            stack.enter_context(server)
            dual = world.ca.issue("mx.dual.lab")
            stack.enter_context(FaultServer(dual, address=DUAL, port=25, implicit=False))
            certificate = world.ca.issue("mx.crowd.lab")
            for i in range(1, 5):
                address = f"127.0.5.{i}"
                stack.enter_context(Crowd(certificate, address=address, port=25, implicit=False))
            ready = {
                "resolver": RESOLVER,
                "anchor": str(world.zones.anchor),
                "ca": world.ca.file,
                "expected": {k: v for k, v in EXPECTED.items() if k != "exim.lab"},
            }
            print(json.dumps(ready), flush=True)
            for line in sys.stdin:
                if line.strip() == "connections":
                    print(world.recipients.settled_log().count(": connect from"), flush=True)
                elif line.strip() == "commands":
                    words = ("mail=", "rcpt=", "data=", "vrfy=")
                    log = world.recipients.settled_log()
                    print(sum(log.count(word) for word in words), flush=True)
                elif line.strip() == "crowd":
                    print(Crowd.most, flush=True)
                elif line.startswith("fetched "):
                    print(world.policies.fetched(line.split()[1]), flush=True)
                elif line.strip() == "stop policies":
                    world.policies.program.stop()
                    print("stopped", flush=True)


main()
