# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""seal: our whole path, from the letter's bytes to the locked letter's, beside gpg and openssl alone
with the same options, a pair in each round; and what memory it takes."""

import base64
import os
import random
import subprocess
import time

from certificates import Authority
from gnupg import GnuPG
from measure import Peak, Tree, tool
from table import Table, Targets, median, ratio

KB, MB = 1024, 1024 * 1024
SIZES = {"4 KB": 4 * KB, "1 MB": MB, "25 MB": 25 * MB}
ADDRESS = "bob@bench.lab"


def write_letter(path, size):
    """An attachment that cannot be compressed, as most cannot."""
    blob = random.Random(7).randbytes(min(size, MB) * 57 // 78)
    part = base64.encodebytes(blob).replace(b"\n", b"\r\n")
    with open(path, "wb") as file:
        file.write(
            b"From: anna@bench.lab\r\nTo: bob@bench.lab\r\nSubject: bench\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        for _ in range(max(1, size // len(part))):
            file.write(part)


class Ours:
    """bench-seal, with the worker that it starts."""

    def __init__(self, folder, name, *arguments, environment=None):
        self.program = Tree(
            name, [tool("seal"), *arguments], os.path.join(folder, name + ".log"),
            stdin=subprocess.PIPE, env={**os.environ, **(environment or {})},
        )  # fmt: skip
        self.log = os.path.join(folder, name + ".log")
        self.answers = 0

    def seal(self, letter, out):
        """Milliseconds."""
        self.program.child.stdin.write(f"{letter} {out}\n".encode())
        self.program.child.stdin.flush()
        self.answers += 1
        self.program.wait_until(lambda: len(self.lines()) >= self.answers, "the letter is locked")
        return float(self.lines()[self.answers - 1])

    def lines(self):
        with open(self.log, encoding="ascii") as file:
            return [x for x in file.read().split("\n")[:-1]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.child.stdin.close()
        self.program.stop()


def alone(arguments, letter, out, environment=None):
    """Milliseconds of a program from its start to its end."""
    with open(letter, "rb") as source, open(out, "wb") as target:
        begin = time.monotonic()
        subprocess.run(arguments, stdin=source, stdout=target, stderr=subprocess.DEVNULL, check=True,
                       env={**os.environ, **(environment or {})})  # fmt: skip
        return (time.monotonic() - begin) * 1000


def compare(table, folder, rounds, name, ours, theirs):
    """The ratio for each size: median of the ratios of pairs."""
    out, ratios = os.path.join(folder, "out"), {}
    for title, size in SIZES.items():
        letter = os.path.join(folder, f"letter-{size}")
        pairs = []
        ours.seal(letter, out)
        for _ in range(rounds * (10 if size < MB else 1) + 2):
            pairs.append((ours.seal(letter, out), theirs(letter, out)))
        ratios[title] = median([ratio(*pair) for pair in pairs])
        mine, other = (median([pair[i] for pair in pairs]) for i in (0, 1))
        table.add(f"{name}, {title}", mine, other, ratios[title])
    return ratios


def growth(ours, letter, out):
    """Anonymous memory of all processes while a letter is locked, more than before, in MB."""
    before = ours.program.memory()[1]
    with Peak(ours.program.pid) as peak:
        ours.seal(letter, out)
    return peak.anonymous - before


def series(site, rounds):
    folder = os.path.join(site.folder, "seal")
    os.makedirs(folder)
    worker = os.path.join(os.environ["LETTERLOCK_BINARIES"], "worker", "letterlock-worker")
    for size in (*SIZES.values(), 200 * MB):
        write_letter(os.path.join(folder, f"letter-{size}"), size)
    large, out = os.path.join(folder, f"letter-{200 * MB}"), os.path.join(folder, "out")
    made = Authority(os.path.join(folder, "ca")).issue_for_mail(ADDRESS)
    table = Table("seal", "locking a letter, ms", ["Letterlock", "alone", "x alone"], first="what")
    with GnuPG() as gnupg:
        fingerprint = gnupg.generate(ADDRESS)
        gpg = ["gpg", "--batch", "-q", "-a", "-z0", "--trust-model", "always", "--no-encrypt-to",
               "-r", fingerprint, "-e"]  # fmt: skip
        with Ours(folder, "pgp", "pgp", ADDRESS, worker, environment=gnupg.environment) as ours:
            pgp = compare(table, folder, rounds, "gpg -a -z0", ours,
                          lambda letter, to: alone(gpg, letter, to, gnupg.environment))  # fmt: skip
            pgp_memory = growth(ours, large, out)
    cms = ["openssl", "cms", "-encrypt", "-binary", "-stream", "-aes-256-cbc", made.chain]
    with Ours(folder, "smime", "smime", made.chain) as ours:
        smime = compare(table, folder, rounds, "openssl cms", ours,
                        lambda letter, to: alone(cms, letter, to))  # fmt: skip
        smime_memory = growth(ours, large, out)
    table.show()
    targets = Targets("seal")
    for title, value in pgp.items():
        targets.at_most(f"OpenPGP, {title}, x gpg alone", value, 1.1)
    targets.at_most("S/MIME, 4 KB, x openssl cms alone", smime["4 KB"], 0.1)
    targets.at_most("S/MIME, 25 MB, x openssl cms alone", smime["25 MB"], 1.1)
    targets.at_most("OpenPGP, anonymous, more for 200 MB", pgp_memory, 16, " MB")
    targets.at_most("S/MIME, anonymous, more for 200 MB", smime_memory, 16, " MB")
    targets.show()
