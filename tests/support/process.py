# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that a test starts, waits for by an event, and stops by their own id."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import time

PATIENCE = 60  # seconds: only a hang ends here, nothing is measured with it


class NotReady(Exception):
    pass


def wait_until(question, what, patience=PATIENCE, alive=None):
    """Asks until the answer is true; an answer that is an exception counts as no."""
    deadline = time.monotonic() + patience
    pause = 0.01
    while True:
        try:
            answer = question()
            if answer:
                return answer
        except OSError:
            pass
        if alive is not None and not alive():
            raise NotReady(f"{what}: the program ended")
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not within {patience} s")
        select.select([], [], [], pause)
        pause = min(pause * 1.5, 0.25)


def answers(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as connection:
        connection.settimeout(2)
        connection.connect((host, port))
        return True


class Program:
    """A running program with its output in a file. Stopped by stop() or at the end of `with`."""

    def __init__(self, name, arguments, log, env=None, cwd=None, stop_signal=signal.SIGTERM, **more):
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        more.setdefault("stdin", subprocess.DEVNULL)
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                arguments, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=cwd, **more
            )

    @property
    def pid(self):
        return self.child.pid

    def alive(self):
        return self.child.poll() is None

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_until(self, question, what):
        try:
            return wait_until(question, f"{self.name}: {what}", alive=self.alive)
        except NotReady as problem:
            tail = "\n".join(self.output().split("\n")[-30:])
            self.stop()
            raise NotReady(f"{problem}\n{tail}") from None

    def wait_port(self, host, port):
        self.wait_until(lambda: answers(host, port), f"{host}:{port} answers")
        return self

    def kill(self):
        if self.alive():
            self.child.kill()
        return self.child.wait()

    def stop(self, patience=20):
        if self.alive():
            self.child.send_signal(self.stop_signal)
            try:
                self.child.wait(patience)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait()

    def wait_end(self):
        """It ends by itself; its status."""
        return self.child.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Servers(contextlib.ExitStack):
    """Stops in reverse order what was started."""

    def start(self, server):
        return self.enter_context(server)


def sbin(name):
    """Debian keeps servers where a user's PATH does not look."""
    for folder in ("/usr/sbin", "/usr/bin", "/sbin", "/bin"):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(name)


def run(arguments, **more):
    """A short command; its output is part of the error when it fails."""
    more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=PATIENCE * 2, **more)
    if done.returncode != 0:
        raise subprocess.SubprocessError(
            f"{' '.join(arguments)}: status {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done.stdout
