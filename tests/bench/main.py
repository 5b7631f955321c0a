# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The series of tests/bench/run, one after the other, each in a place of its own."""

import argparse
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]

import bulk  # noqa: E402
import check  # noqa: E402
import memory  # noqa: E402
import relay  # noqa: E402
import rtt  # noqa: E402
import seal  # noqa: E402
import start  # noqa: E402
import table  # noqa: E402
import window  # noqa: E402
from place import Site  # noqa: E402

SERIES = {
    "relay": (relay.series, "4 KB letters, new and kept connections, 1, 8 and 64 clients"),
    "bulk": (bulk.series, "100 KB, 25 MB, and a mix of sizes"),
    "rtt": (rtt.series, "one letter to a provider behind 50 ms round trip"),
    "check": (check.series, "1, 10 and 100 domains behind 50 ms, beside posttls-finger"),
    "memory": (memory.series, "at rest, with 64 clients, with 25 and 200 MB; wake-ups"),
    "seal": (seal.series, "locking 4 KB to 25 MB, beside gpg and openssl alone; memory at 200 MB"),
    "start": (start.series, "start to the first 220"),
    "window": (window.series, "the window: its first frame, a ledger of 100,000 letters, scrolling"),
}


def main():
    parser = argparse.ArgumentParser(
        prog="tests/bench/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Letterlock beside a direct connection and its peers, in one run. Absolute\n"
        "figures do not travel; the ratios of one run do. By hand, on a quiet machine.",
        epilog="series:\n"
        + "".join(f"  {n:8} {text}\n" for n, (_, text) in SERIES.items())
        + "not measured:\n  email-oauth2-proxy, of which Debian has no package\n",
    )  # fmt: skip
    parser.add_argument("series", nargs="*", help="all of them without a name")
    parser.add_argument("--rounds", type=int, default=3, help="medians over so many (3)")
    parser.add_argument("--json", action="store_true", help="one object a line")
    arguments = parser.parse_args()
    names = []
    for word in arguments.series:
        if word.isdigit():
            arguments.rounds = int(word)
        elif word in SERIES:
            names.append(word)
        else:
            parser.error(f"there is no series {word}")
    table.JSON = arguments.json
    for name in names or SERIES:
        folder = tempfile.mkdtemp(prefix="letterlock-bench-")
        try:
            with Site(folder) as site:
                SERIES[name][0](site, arguments.rounds)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
