# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""start: from the start of the program to its first 220. Postfix: its master alone, without the
checks of `postfix start`."""

import peers
from measure import until_220
from place import LETTERLOCK
from table import Table, Targets, median

ALL = [peers.Stunnel, peers.PostfixRelay, peers.Exim]


def series(site, rounds):
    times = {}
    daemon = site.daemon()
    with daemon:  # its keys and its first account exist
        site.through(daemon)
    for _ in range(max(rounds, 5)):
        times.setdefault("Letterlock", []).append(
            until_220(lambda: daemon.start(ready=False), "127.0.0.1", LETTERLOCK)
        )
        daemon.stop()
    missing = peers.missing()
    for kind in ALL:
        for _ in range(max(rounds, 5) if kind.name not in missing else 0):
            peer = kind(site)
            times.setdefault(kind.name, []).append(until_220(peer.spawn, "127.0.0.1", kind.port))
            peer.program.stop()
    table = Table("start", "start to the first 220", ["ms", "slowest ms"])
    for name, values in times.items():
        table.add(name, median(values), max(v for v in values if v is not None))
    table.show()
    targets = Targets("start")
    targets.at_most("start to the first 220", median(times["Letterlock"]), 40, " ms")
    targets.show()
