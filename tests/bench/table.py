# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a series found: tables for people, lines of JSON for programs, and what was aimed at.

Absolute figures do not travel from one machine to another: ratios within one run do.
"""

import json
import statistics

JSON = False


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def text_of(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"


class Table:
    def __init__(self, series, title, columns, first="who"):
        self.series = series
        self.title = title
        self.columns = [first, *columns]
        self.rows = []

    def add(self, name, *values):
        self.rows.append([name, *values])

    def show(self):
        if JSON:
            for row in self.rows:
                fields = dict(zip(self.columns, row))
                print(json.dumps({"series": self.series, "table": self.title, **fields}), flush=True)
            return
        cells = [self.columns] + [[text_of(v) for v in row] for row in self.rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(self.columns))]
        print(f"\n{self.title}")
        for row in cells:
            line = row[0].ljust(widths[0])
            line += "".join("  " + c.rjust(w) for c, w in zip(row[1:], widths[1:]))
            print("  " + line.rstrip(), flush=True)


class Targets:
    """What was aimed at, and whether it was met in this run."""

    def __init__(self, series):
        self.table = Table(series, f"{series}: targets", ["target", "measured", "result"], "what")

    def at_most(self, what, value, bound, unit=""):
        self._add(what, "<=", value, bound, unit, value is not None and value <= bound)

    def at_least(self, what, value, bound, unit=""):
        self._add(what, ">=", value, bound, unit, value is not None and value >= bound)

    def _add(self, what, sign, value, bound, unit, met):
        result = "not measured" if value is None else "met" if met else "missed"
        self.table.add(what, f"{sign} {text_of(bound)}{unit}", text_of(value) + unit, result)

    def show(self):
        self.table.show()


def ratio(value, base):
    return value / base if value is not None and base else None
