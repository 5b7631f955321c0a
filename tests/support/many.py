# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ledger as it is after years: copies of the newest letter, each older than the one before and to
another address, n000000@DOMAIN the newest of them."""

import os
import sqlite3


def address(number, domain):
    return f"n{number:06d}@{domain}"


def fill(daemon, count):
    """@daemon has one letter at least, and does not run."""
    database = sqlite3.connect(os.path.join(daemon.state, "ledger.db"))
    names = lambda table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    newest = "(SELECT seq FROM letters ORDER BY received DESC, seq DESC LIMIT 1)"
    # a table of its own, since the order of arrival is a part of the order they are shown in
    database.execute(f"CREATE TEMP TABLE pattern AS SELECT * FROM letters WHERE seq = {newest}")
    database.execute(f"CREATE TEMP TABLE whom AS SELECT * FROM recipients WHERE letter = {newest} LIMIT 1")
    database.execute(
        "CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i + 1 < {count}) SELECT i FROM n"
    )
    made = {
        "seq": "-1 - i", "id": "printf('%012x', 17592186044416 + i)", "received": "received - 60 * (i + 1)",
        "message_id": "NULL", "digest": "NULL", "open": "0", "letter": "-1 - i", "n": "0",
        "address": "printf('n%06d@%s', i, domain)",
    }  # fmt: skip
    for table, pattern in (("letters", "pattern"), ("recipients", "whom")):
        columns = names(table)
        database.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT"
            f" {', '.join(made.get(c, c) for c in columns)} FROM {pattern}, numbers"
        )
    database.commit()
    database.close()
