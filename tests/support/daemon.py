# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real letterlockd with its own HOME, and the real command line beside it."""

import json
import os
import signal
import socket
import subprocess

from process import PATIENCE, Program

SOURCE = os.environ.get(
    "LETTERLOCK_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
)
BINARIES = os.environ.get("LETTERLOCK_BINARIES", os.path.join(SOURCE, "build", "gcc", "proxy"))

HOST = "127.0.0.1"
STOP_PATIENCE = 40  # seconds: only a hang ends here
SMTP = 1587
SMTPS = 1465


def binary(name):
    """Where meson put a program of ours."""
    for folder in (
        BINARIES,
        os.path.join(BINARIES, "cli"),
        os.path.join(BINARIES, "..", "gui"),
        os.path.join(BINARIES, "..", "tray"),
        "/usr/local/bin",
    ):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    raise FileNotFoundError(f"{name} is not in {BINARIES}")


class Failed(Exception):
    """The command line ended with a status that the test did not expect."""

    def __init__(self, arguments, done):
        super().__init__(
            f"letterlock {' '.join(arguments)}: status {done.returncode}\n{done.stdout}{done.stderr}"
        )
        self.status = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr


class Daemon:
    """One user's Letterlock. @config: {"network": {"mx-port": 25}, ...}; lists become "a;b"."""

    def __init__(self, folder, config=None, *, bus=None, environment=None, wrapper=()):
        self.folder = folder
        self.config = {group: dict(keys) for group, keys in (config or {}).items()}
        self.wrapper = list(wrapper)
        self.program = None
        self.starts = 0
        for name in ("home", "config/letterlock", "state", "cache", "data", "run"):
            os.makedirs(os.path.join(folder, name), mode=0o700, exist_ok=True)
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "HOME": os.path.join(folder, "home"),
            "XDG_CONFIG_HOME": os.path.join(folder, "config"),
            "XDG_STATE_HOME": os.path.join(folder, "state"),
            "XDG_CACHE_HOME": os.path.join(folder, "cache"),
            "XDG_DATA_HOME": os.path.join(folder, "data"),
            "XDG_RUNTIME_DIR": os.path.join(folder, "run"),
            "G_DEBUG": "fatal-criticals",
            # nobody asks for the session bus of the machine
            "DBUS_SESSION_BUS_ADDRESS": bus or "disabled:",
            **(environment or {}),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.write_config()

    @property
    def config_file(self):
        return os.path.join(self.folder, "config", "letterlock", "letterlock.conf")

    @property
    def state(self):
        return os.path.join(self.folder, "state", "letterlock")

    @property
    def socket(self):
        return os.path.join(self.folder, "run", "letterlock", "bus")

    def write_config(self):
        with open(self.config_file, "w", encoding="utf-8") as file:
            for group, keys in self.config.items():
                file.write(f"[{group}]\n")
                for key, value in keys.items():
                    file.write(f"{key}={self._value(value)}\n")

    @staticmethod
    def _value(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        return ";".join(value) + ";" if isinstance(value, (list, tuple)) else value

    # -- life ------------------------------------------------------------------------

    def start(self, ready=True):
        self.starts += 1
        self.program = Program(
            "letterlockd", [*self.wrapper, binary("letterlockd")],
            os.path.join(self.folder, "letterlockd.log"), env=self.environment, cwd=self.folder,
        )  # fmt: skip
        if ready:
            self.program.wait_until(self._answers, "its private socket answers")
        return self

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.socket)
            return self.try_letterlock("status").returncode == 0

    def stop(self):
        """The regular end; says what a crash or a sanitizer said, or who does not want to end."""
        self.program.child.send_signal(signal.SIGTERM)
        try:
            status = self.program.child.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            status = "nothing for a long time; " + self._threads()
            self.program.kill()
        if status not in (0, -signal.SIGTERM):
            raise AssertionError(f"letterlockd ended with {status}\n{self.log()[-1500:]}")

    def _threads(self):
        """Name and place in the kernel of every thread."""
        found = []
        folder = f"/proc/{self.program.pid}/task"
        for task in os.listdir(folder):
            for name in ("comm", "wchan"):
                with open(f"{folder}/{task}/{name}", encoding="ascii") as file:
                    found.append(file.read().strip())
        return " ".join(found)

    def kill(self):
        self.program.kill()

    def restart(self):
        self.stop()
        return self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if self.program.alive() and kind is None:
            self.stop()
        else:
            self.program.stop()

    def log(self):
        return self.program.output()

    # -- the command line ----------------------------------------------------------------

    def try_letterlock(self, *arguments, text=None):
        return subprocess.run(
            [binary("letterlock"), *arguments], env=self.environment, cwd=self.folder,
            capture_output=True, text=True, errors="replace", timeout=PATIENCE,
            **({"input": text} if text is not None else {"stdin": subprocess.DEVNULL}),
        )  # fmt: skip

    def letterlock(self, *arguments, text=None, status=0):
        """Its output; with --json the list of the objects that it printed."""
        done = self.try_letterlock(*arguments, text=text)
        if done.returncode != status:
            if not self.program.alive():
                raise AssertionError(
                    f"letterlockd ended with {self.program.child.poll()}\n{self.log()[-1500:]}"
                )
            raise Failed(arguments, done)
        if "--json" in arguments:
            return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
        return done.stdout

    def add_account(self, address, upstream, *more, password=None, security="starttls"):
        """The answer of `account add --json`: account, username, password, hosts, ports."""
        arguments = ["account", "add", "--json", "--address", address, "--upstream", upstream]
        arguments += ["--security", security, *more]
        if "--auth" not in more:
            arguments += ["--auth", "password"]
        if password is not None:
            arguments.append("--password-stdin")
        return self.letterlock(*arguments, text=password and password + "\n")[0]

    def letters(self, *query):
        return self.letterlock("log", "--json", *query)

    def wait_letters(self, question, what):
        """Until the letters answer @question with something true; returns that."""
        return self.program.wait_until(lambda: question(self.letters()), what)

    def wait_letter(self, name, *states):
        """Until the letter with this Message-ID (office.letter) is in one of @states; its record."""
        return self.wait_letters(
            lambda letters: next((x for x in letters if x["message_id"] == f"<{name}@provider.lab>"
                                  and x["state"] in states), None),
            f"{name} is {' or '.join(states)}",
        )  # fmt: skip

    def wait_state(self, state, count=1):
        def reached(letters):
            found = [x for x in letters if x["state"] == state]
            return found if len(found) >= count else None

        return self.wait_letters(reached, f"{count} letters are {state}")


class Bus:
    """A private session bus."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "session-bus")
        self.address = f"unix:path={self.path}"
        self.folder = folder

    def __enter__(self):
        self.program = Program(
            "dbus-daemon",
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={self.address}"],
            os.path.join(self.folder, "dbus.log"),
        )
        self.program.wait_until(self._answers, "its socket answers")
        return self

    def _answers(self):
        """That the socket is there does not mean that anybody listens already."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.path)
            return True

    def __exit__(self, *_):
        self.program.stop()
