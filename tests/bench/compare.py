# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Letterlock, a direct connection, Postfix, stunnel and msmtp one after the other, and
prints each figure and its ratio to the direct connection. Medians over the rounds."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from process import Program, answers  # noqa: E402
from world import World  # noqa: E402

BENCH = os.environ["LETTERLOCK_BENCH"]
SINK = 2525
SINK_TLS = 2465
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3

# name, new or kept connections, clients, letters for each, octets
LOADS = [
    ("4 KB new c1", "new", 1, 60, 4096),
    ("4 KB new c8", "new", 8, 30, 4096),
    ("4 KB kept c1", "kept", 1, 200, 4096),
    ("4 KB kept c8", "kept", 8, 150, 4096),
    ("25 MB new c1", "new", 1, 4, 25 * 1024 * 1024),
]


class Target:
    def __init__(self, name, host, port, security, ca, user="-", password="-"):
        self.name = name
        self.arguments = [host, str(port), security, ca or "-", user, password]

    def measure(self, mode, count, letters, size):
        command = [os.path.join(BENCH, "bench-load"), *self.arguments]
        command += [mode, str(count), str(letters), str(size)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            return None
        return [float(x) for x in done.stdout.split()]


def memory(pid):
    """PSS and anonymous memory in MB."""
    figures = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        for line in file:
            name, _, value = line.partition(":")
            if value.strip().endswith("kB"):
                figures[name] = int(value.split()[0]) / 1024
    return figures["Pss"], figures["Pss_Anon"]


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stunnel(world, folder):
    path = shutil.which("stunnel4") or shutil.which("stunnel")
    if not path:
        return None
    config = os.path.join(folder, "stunnel.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(
            f"foreground=yes\npid=\n[smtp]\nclient=yes\naccept=127.0.0.1:2600\n"
            f"connect=127.0.0.1:{SINK_TLS}\nverifyChain=yes\nCAfile={world.ca.file}\n"
            "checkIP=127.0.0.1\n"
        )
    program = Program("stunnel", [path, config], os.path.join(folder, "stunnel.log"))
    program.wait_until(lambda: answers("127.0.0.1", 2600), "it listens")
    return program


def table(title, rows, direct):
    print(f"\n{title}: letters/s, p50 ms, p99 ms (ratio of p50 and of letters/s to direct)")
    for name, figures in rows.items():
        if not figures:
            print(f"  {name:22} -")
            continue
        rate, p50, p99 = (statistics.median(f[i] for f in figures) for i in range(3))
        base = [statistics.median(f[i] for f in direct) for i in range(2)]
        print(
            f"  {name:22} {rate:9.1f} {p50:9.2f} {p99:9.2f}"
            f"   p50 x{p50 / base[1]:.2f}  rate x{rate / base[0]:.2f}"
        )


def main():
    folder = tempfile.mkdtemp(prefix="letterlock-bench-")
    programs = []
    try:
        with World(folder) as world:
            certificate = world.ca.issue("127.0.0.1")
            for port, security in ((SINK, "starttls"), (SINK_TLS, "tls")):
                sink = Program(
                    f"sink-{security}",
                    [os.path.join(BENCH, "bench-sink"), str(port), certificate.chain,
                     certificate.key, security],
                    os.path.join(folder, f"sink-{security}.log"),
                )  # fmt: skip
                sink.wait_until(lambda port=port: answers("127.0.0.1", port), "it listens")
                programs.append(sink)
            start = time.monotonic()
            daemon = world.daemon(policy={"preset": "everyday"})
            daemon.start()
            print(f"start of a first daemon until its socket answers: {(time.monotonic() - start) * 1000:.0f} ms")
            account = daemon.add_account(
                world.sender, f"127.0.0.1:{SINK}", "--address", "*@practice.lab",
                password=world.password,
            )  # fmt: skip
            targets = [
                Target("direct", "127.0.0.1", SINK, "starttls", world.ca.file, "u", "p"),
                Target("letterlock", "127.0.0.1", 1587, "none", None,
                       account["username"], account["password"]),
            ]  # fmt: skip
            tunnel = stunnel(world, folder)
            if tunnel:
                programs.append(tunnel)
                targets.append(Target("stunnel", "127.0.0.1", 2600, "none", None, "u", "p"))
            pid = daemon.program.pid
            print("idle: PSS %.1f MB, anonymous %.1f MB" % memory(pid))
            for name, mode, count, letters, size in LOADS:
                results = {target.name: [] for target in targets}
                before = cpu(pid)
                for _ in range(ROUNDS):
                    for target in targets:
                        figures = target.measure(mode, count, letters, size)
                        if figures:
                            results[target.name].append(figures)
                table(name, results, results["direct"])
                sent = ROUNDS * count * letters
                print(f"  letterlock's CPU: {(cpu(pid) - before) * 1000 / sent:.2f} ms a letter; "
                      "PSS %.1f MB, anonymous %.1f MB" % memory(pid))
            daemon.__exit__(None, None, None)
    finally:
        for program in programs:
            program.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
