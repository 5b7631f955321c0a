# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test may do because it is alone: its own loopback, its own /etc, dropped packets.

tests/run starts every system test with `unshare -n -m`; by hand:
    unshare -n -m bash -c 'ip link set lo up; exec "$@"' - /usr/bin/python3 tests/system/journey.py
"""

import os
import shutil

from process import run, sbin

EXIM = "Debian-exim:x:1:1::/nonexistent:/usr/sbin/nologin\n"


def alone():
    """Whether this process has a network of its own: only a loopback in it."""
    with open("/proc/net/dev", encoding="ascii") as file:
        names = [line.split(":")[0].strip() for line in file if ":" in line]
    return names == ["lo"]


def require_alone():
    if not alone():
        raise SystemExit("this test needs its own network: start it with tests/run")


def bind(folder, over):
    """@folder in place of @over, for this mount namespace only."""
    run(["mount", "--bind", folder, over])


def private_etc(folder, resolver=None):
    """A copy of /etc over /etc, for this mount namespace only, that a test may write to."""
    copy = os.path.join(folder, "etc")
    if not os.path.isdir(copy):
        shutil.copytree("/etc", copy, symlinks=True, ignore=_unreadable, dirs_exist_ok=True)
        os.chmod(copy, 0o755)
        with open(os.path.join(copy, "passwd"), "a", encoding="utf-8") as file:
            file.write(EXIM)
        with open(os.path.join(copy, "group"), "a", encoding="utf-8") as file:
            file.write("Debian-exim:x:1:\n")
        run(["mount", "--make-rprivate", "/"])
        run(["mount", "--bind", copy, "/etc"])
    if resolver:
        if os.path.lexists("/etc/resolv.conf"):
            os.remove("/etc/resolv.conf")
        with open("/etc/resolv.conf", "w", encoding="ascii") as file:
            file.write(f"nameserver {resolver}\n")


def _unreadable(folder, names):
    """Keys and shadow files of the machine are no business of a test."""
    return [n for n in names if not _plain(os.path.join(folder, n))]


def _plain(path):
    if os.path.islink(path):
        return True
    return (os.path.isfile(path) or os.path.isdir(path)) and os.access(path, os.R_OK)


class Dropped:
    """While entered, packets to this address and port vanish: what a blocking network does."""

    def __init__(self, address=None, port=None, verdict="drop"):
        rule = []
        if address:
            family = "ip6" if ":" in address else "ip"
            rule += [family, "daddr", address]
        if port:
            rule += ["tcp", "dport", str(port)]
        self.rule = rule + [verdict]
        self.handle = None

    def __enter__(self):
        nft = sbin("nft")
        run([nft, "add table inet practice"])
        run([nft, "add chain inet practice out { type filter hook output priority 0 ; }"])
        out = run([nft, "-e", "-a", "add", "rule", "inet", "practice", "out", *self.rule])
        self.handle = out.split("# handle ")[1].split()[0]
        return self

    def __exit__(self, *_):
        run([sbin("nft"), "delete", "rule", "inet", "practice", "out", "handle", self.handle])
