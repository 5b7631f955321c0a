# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports that cannot be listened on at the start: who has them is named and the next free one, the
others are served; nothing is moved by itself."""

import os
import socket
import subprocess
import sys

import namespace
import tap
from daemon import Daemon
from process import wait_until

FREE = "127.0.0.1:1465"
TAKEN = 1587

HOLD = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


class Ports:
    def __init__(self, folder):
        namespace.require_alone()
        os.chmod(folder, 0o755)
        self.folder = folder

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def daemon(self, name, smtp, **options):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        config = {"listen": {"smtp": [smtp], "smtps": [FREE]}, "network": {"probe": "never"}}
        return Daemon(folder, config, **options)


def listening(daemon):
    found = daemon.letterlock("status", "--json")[0]["listeners"]
    return [f"{x['address']}:{x['port']}" for x in found]


def said(daemon, *words):
    wait_until(lambda: all(x in daemon.log() for x in words), f"the log says {words}")


def test_own_program(ports):
    """Another program of the user's has it: named with its process, and the next free port"""
    with socket.create_server(("127.0.0.1", TAKEN)):
        with ports.daemon("own", f"127.0.0.1:{TAKEN}") as daemon:
            said(daemon, f"Port {TAKEN} of 127.0.0.1 is taken by", str(os.getpid()),
                 f"[listen] smtp = 127.0.0.1:{TAKEN + 1}")  # fmt: skip
            tap.true("ALARM" not in daemon.log(), daemon.log())
            tap.equal(listening(daemon), [FREE], "listeners")
            daemon.letterlock("config", "set", "listen.smtp", f"127.0.0.1:{TAKEN + 1}")
            tap.equal(sorted(listening(daemon)), sorted([FREE, f"127.0.0.1:{TAKEN + 1}"]), "listeners")


def test_other_user(ports):
    """A process of another user has it: an alarm, because mail programs would hand it passwords"""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(TAKEN)], user="nobody", group="nogroup", extra_groups=[],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        try:
            tap.equal(holder.stdout.readline(), b"held\n", "the other user's program")
            with ports.daemon("other", f"127.0.0.1:{TAKEN}") as daemon:
                said(daemon, "ALARM", "nobody", "hand it your password")
                tap.equal(listening(daemon), [FREE], "listeners")
        finally:
            holder.stdin.close()


def test_none_is_left(ports):
    """Not one can be opened: it says so and does not start"""
    with socket.create_server(("127.0.0.1", TAKEN)), socket.create_server(("127.0.0.1", 1465)):
        daemon = ports.daemon("none", f"127.0.0.1:{TAKEN}").start(ready=False)
        wait_until(lambda: not daemon.program.alive(), "it ends")
        tap.true(daemon.program.child.returncode != 0, "status")
        tap.true(f"Port {TAKEN} of 127.0.0.1 is taken" in daemon.log(), daemon.log())


def test_no_permission(ports):
    """A port below 1024 is not for everybody: said, and the other one is served"""
    daemon = ports.daemon(
        "nobody", "127.0.0.1:25",
        wrapper=["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=-all",
                 "--bounding-set=-all"],
    )  # fmt: skip
    subprocess.run(["chown", "-R", "nobody:nogroup", daemon.folder], check=True)
    daemon.start(ready=False)
    try:
        said(daemon, "Cannot listen on 127.0.0.1 port 25: Permission denied", "ready")
        with socket.create_connection(("127.0.0.1", 1465), 5):
            pass
    finally:
        daemon.stop()


if __name__ == "__main__":
    tap.main(Ports)
