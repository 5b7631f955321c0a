# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs cost: time of the processor, memory and wake-ups of a whole tree of processes."""

import json
import os
import socket
import subprocess
import sys
import threading
import time

from process import Program

BENCH = os.environ["LETTERLOCK_BENCH"]
TICK = os.sysconf("SC_CLK_TCK")
NOBODY_ANSWERS = 60  # seconds


def tool(name):
    return os.path.join(BENCH, "bench-" + name)


def _stat(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rsplit(")", 1)[1].split()


def descendants(root):
    """All processes below @root, without it."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                children.setdefault(int(_stat(name)[1]), []).append(int(name))
            except (OSError, IndexError):
                pass
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


class Tree(Program):
    """A program whose processes cannot get lost: started by tree.c."""

    def __init__(self, name, arguments, log, **more):
        super().__init__(name, [tool("tree"), *arguments], log, **more)

    def cpu(self):
        return cpu(self.pid)

    def memory(self):
        return memory(self.pid)


def cpu(root):
    """Seconds, of the ended ones too: @root must be a tree's."""
    fields = _stat(root)
    ticks = int(fields[13]) + int(fields[14])
    for pid in descendants(root):
        try:
            ticks += sum(int(x) for x in _stat(pid)[11:15])
        except OSError:
            pass
    return ticks / TICK


def memory(root):
    """(PSS, anonymous) in MB."""
    pss = anonymous = 0
    for pid in descendants(root):
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                for line in file:
                    if line.startswith("Pss:"):
                        pss += int(line.split()[1])
                    elif line.startswith("Pss_Anon:"):
                        anonymous += int(line.split()[1])
        except OSError:
            pass
    return pss / 1024, anonymous / 1024


class Peak:
    """While entered, keeps the largest memory of a tree: .pss and .anonymous in MB."""

    def __init__(self, root):
        self.root = root
        self.pss = self.anonymous = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _look(self):
        pss, anonymous = memory(self.root)
        self.pss = max(self.pss, pss)
        self.anonymous = max(self.anonymous, anonymous)

    def _watch(self):
        while not self.over.wait(0.03):
            self._look()

    def __enter__(self):
        self._look()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self._look()


def _switches(root):
    """thread -> how often it went to sleep by itself."""
    found = {}
    for pid in descendants(root):
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as file:
                    for line in file:
                        if line.startswith("voluntary_ctxt"):
                            found[task] = int(line.split()[1])
        except OSError:
            pass
    return found


def wake_ups(root, seconds):
    """How often the threads of a tree that has nothing to do leave their sleep."""
    before = _switches(root)
    time.sleep(seconds)
    return sum(count - before.get(task, 0) for task, count in _switches(root).items())


def greets(host, port):
    """Whether a server says 220 there."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            return connection.recv(64).startswith(b"220")
    except OSError:
        return False


def until_220(start, host, port):
    """Milliseconds from before @start() to the first 220."""
    began = time.monotonic()
    start()
    while not greets(host, port):
        if time.monotonic() - began > NOBODY_ANSWERS:
            return None
        time.sleep(0.001)
    return (time.monotonic() - began) * 1000


def load(target, arrivals, **options):
    """One run of load.c against @target (its arguments); None when it failed."""
    command = [tool("load"), *target, "--arrivals", arrivals]
    for name, value in options.items():
        if value is True:
            command.append("--" + name)
        elif value is not False:
            command += ["--" + name, str(value)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=900, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        print(done.stderr.strip(), file=sys.stderr)
        return None
    return json.loads(done.stdout)
