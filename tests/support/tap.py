# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the test_ functions of a module in their order and prints TAP."""

import faulthandler
import sys
import tempfile
import time
import traceback

# Seconds after which a test says where it stands; soon after, the runner ends what hangs.
HANGS = 1140


class Skip(Exception):
    """Raised with the reason why a test cannot be done here."""


def title(function):
    text = (function.__doc__ or function.__name__.removeprefix("test_").replace("_", " ")).strip()
    return text.split("\n")[0].rstrip(".").replace("#", "no.")


def comment(text):
    for line in text.rstrip().split("\n"):
        print(f"# {line}")


def tests_of(module):
    """In the order of the file, which is the order of the module's names."""
    return [(n[5:], f) for n, f in vars(module).items() if n.startswith("test_") and callable(f)]


def run_one(number, function, arguments):
    begin = time.monotonic()
    try:
        function(*arguments)
        print(f"ok {number} {title(function)}\n# {time.monotonic() - begin:.0f} s", flush=True)
        return True
    except Skip as reason:
        print(f"ok {number} {title(function)} # SKIP {reason}", flush=True)
        return True
    except Exception:
        print(f"not ok {number} {title(function)}", flush=True)
        comment(traceback.format_exc())
        sys.stdout.flush()
        return False


def main(world=None):
    """Call at the end of a test file. @world: a context manager of one argument, a private
    folder; what it gives is handed to every test. Names on the command line select tests."""
    module = sys.modules["__main__"]
    wanted = sys.argv[1:]
    tests = [f for n, f in tests_of(module) if not wanted or n in wanted]
    good = True
    faulthandler.dump_traceback_later(HANGS)
    with tempfile.TemporaryDirectory(prefix="ll-") as folder:
        if world is None:
            for number, test in enumerate(tests, 1):
                good &= run_one(number, test, [folder])
        else:
            with world(folder) as given:
                for number, test in enumerate(tests, 1):
                    good &= run_one(number, test, [given])
    print(f"1..{len(tests)}")
    sys.exit(0 if good else 1)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ:\n  {left!r}\n  {right!r}")


def true(value, what):
    if not value:
        raise AssertionError(what)
