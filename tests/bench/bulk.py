# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""bulk: large letters, and the mix of an office (70 % of 4 KB, 25 % of 100 KB, 5 % of 10 MB)."""

import contextlib

import peers
from relay import contestants, measure, name_of
from table import Table, Targets, ratio

MB = 1024 * 1024
LOADS = [
    ("100 KB, kept connections, 8 clients", {"clients": 8, "letters": 25, "size": 100 * 1024, "kept": True}),
    ("25 MB, new connections, 1 client", {"clients": 1, "letters": 3, "size": 25 * MB}),
    ("mix of 70/25/5 %, kept connections, 8 clients", {"clients": 8, "letters": 10, "size": "mix", "kept": True}),
]  # fmt: skip
ALL = [peers.Stunnel, peers.PostfixRelay, peers.PostfixTuned, peers.Exim]


def series(site, rounds):
    targets = Targets("bulk")
    with contextlib.ExitStack() as stack:
        who = contestants(site, stack, ALL)
        for title, options in LOADS:
            results = measure(who, options, rounds)
            direct = results["direct"]
            table = Table(
                "bulk", title,
                ["MB/s", "x direct", "letters/s", "p50 ms", "x direct ", "there p50 ms", "CPU ms"],
            )  # fmt: skip
            for name, figures in results.items():
                table.add(
                    name_of(name, figures), figures.get("megabytes"),
                    ratio(figures.get("megabytes"), direct.get("megabytes")),
                    figures.get("rate"), figures.get("p50"),
                    ratio(figures.get("p50"), direct.get("p50")), figures.get("there50"),
                    figures.get("cpu"),
                )  # fmt: skip
            table.show()
            if options["size"] == 25 * MB:
                targets.at_least(
                    "25 MB, MB/s, x direct",
                    ratio(results["Letterlock"].get("megabytes"), direct.get("megabytes")), 0.6,
                )  # fmt: skip
    targets.show()
