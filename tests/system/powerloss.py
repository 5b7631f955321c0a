# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Promises 2 and 3 when the power goes: what kill -9 cannot show, as the kernel still writes what
was not synced. From the system calls of a daemon under load it is seen that each letter was certain
on the disk before its mail program heard 250, and that it leaves before its provider got the dot.
"""

import concurrent.futures
import os

import order
import tap
from clients import SMTP, SMTPS
from office import Office, letter

# Sent or held; small ones are in the spool's log, large ones have files.
SMALL, LARGE = "Dear Bob,\r\n", "Dear Bob, much is to be said.\r\n" * 3000
# Domain, body, recipients: a long list is answered before its first step.
LETTERS = [
    ("valid.lab", SMALL, 1), ("plain.lab", SMALL, 1), ("valid.lab", LARGE, 1),
    ("plain.lab", LARGE, 1), ("valid.lab", SMALL, 20),
] * 5  # fmt: skip


def lines(log):
    with open(log, encoding="utf-8", errors="replace") as file:
        return file.readlines()


def send_all(office):
    def send(number):
        domain, body, n = LETTERS[number]
        addresses = [f"power-{number}-{i}@{domain}" for i in range(n)]
        return office.send(addresses, letter(addresses[0], name=f"power-{number}", body=body))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(send, range(len(LETTERS))))


def test_certain_before_the_answer_and_before_the_dot(office):
    log = os.path.join(office.folder, "strace.log")
    daemon = office.daemon
    daemon.stop()
    daemon.wrapper = ["strace", *order.ARGUMENTS, "-o", log]
    daemon.start()
    told = send_all(office)
    tap.true(all(accepted for accepted, _ in told), told)
    daemon.stop()
    daemon.wrapper = []
    ours = (SMTP, SMTPS)
    seen = order.Disk(ours).follow(lines(log))
    tap.equal(seen.wrong, [], "promised, and not certain")
    tap.equal(seen.replies, len(LETTERS), "the control: every answer was seen")
    tap.true(seen.dots >= len(LETTERS) // 2, f"the control: {seen.dots} records before a dot")
    for missing in ("fdatasync", "fsync"):
        without = order.Disk(ours, ignored=(missing,)).follow(lines(log))
        tap.true(without.wrong, f"the control: without {missing} all would be certain")


if __name__ == "__main__":
    tap.main(Office)
