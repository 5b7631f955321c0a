# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the fuzz targets and runs one of them for its share of processor time."""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys

HEADING = (f"{'target':14}{'CPU min':>8}{'executions':>12}{'a second':>10}{'edges':>7}"
           f"{'features':>9}{'inputs':>7}{'findings':>9}")  # fmt: skip
TICKS = os.sysconf("SC_CLK_TCK")


def all_targets(top):
    with open(os.path.join(top, "tests", "fuzz", "meson.build"), encoding="utf-8") as file:
        listed = file.read().split("fuzz_targets = [", 1)[1].split("]", 1)[0]
    return re.findall(r"'([a-z0-9-]+)'", listed)


# A leak in a library without frame pointers is known for the library's own by the slow way alone.
OF_A_LIBRARY = {"message", "surgery"}


def environment(target=None):
    return {
        **os.environ,
        **({"ASAN_OPTIONS": "fast_unwind_on_malloc=0"} if target in OF_A_LIBRARY else {}),
        "G_DEBUG": "fatal-criticals",
        "LC_ALL": "C.UTF-8",
        "LSAN_OPTIONS": "print_suppressions=0:suppressions="
        + os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsan.supp"),
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }


class Build:
    """A build of a source tree that libFuzzer looks through, with the sanitizers."""

    options = ["-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false"]

    def __init__(self, source, folder):
        self.source = source
        self.folder = folder

    def program(self, target):
        return os.path.join(self.folder, "tests", "fuzz", "fuzz-" + target)

    def make(self, targets):
        if not os.path.exists(os.path.join(self.folder, "build.ninja")):
            self.call("meson", "setup", *self.options, self.folder, self.source)
        self.call("ninja", "-j2", "-C", self.folder, *(f"tests/fuzz/fuzz-{t}" for t in targets))

    @staticmethod
    def call(*command):
        env = {**os.environ, "CC": "clang"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit((done.stdout + done.stderr)[-4000:])


class Run:
    """A fuzzer at work, on a copy of a corpus, until it found something or had its time."""

    def __init__(self, program, target, minutes, work, corpus):
        self.program = program
        self.target = target
        self.seconds = minutes * 60
        self.folder = os.path.join(work, "run-" + target)
        self.corpus = os.path.join(self.folder, "corpus")
        self.log = os.path.join(self.folder, "log")
        shutil.copytree(corpus, self.corpus)
        self.used_before = 0.0
        self.begin()

    def begin(self):
        self.used = self.used_before
        self.asked_to_end = False
        self.status = None
        command = [self.program, "-print_final_stats=1", "-print_funcs=0", "-timeout=25",
                   f"-artifact_prefix={self.folder}/", self.corpus]  # fmt: skip
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, env=environment(self.target), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=self.folder, preexec_fn=lambda: os.nice(19),
            )  # fmt: skip

    def measure(self):
        """Its own time: neither while it is stopped, nor that of the leak checker beside it."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        self.used = self.used_before + (int(fields[11]) + int(fields[12])) / TICKS

    def was_paused(self):
        """libFuzzer looks at the clock on the wall: an input that it was stopped in takes long."""
        slow = self.findings()
        if not slow or not all(os.path.basename(path).startswith("timeout-") for path in slow):
            return False
        try:
            tried = subprocess.run([self.program, *slow], env=environment(self.target), timeout=60,
                                   capture_output=True, check=False)  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
        if tried.returncode == 0:
            for path in slow:
                os.remove(path)
        return tried.returncode == 0

    def is_over(self):
        if self.status is None:
            self.measure()  # a process that ended keeps its figures until it is waited for
            self.status = self.process.poll()
            if self.status is None and self.used >= self.seconds and not self.asked_to_end:
                self.asked_to_end = True
                self.process.send_signal(signal.SIGUSR1)  # libFuzzer ends after the input at hand
            elif self.status is not None and self.was_paused():
                self.used_before = self.used
                self.begin()
        return self.status is not None

    def text(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def findings(self):
        names = ("crash-", "leak-", "timeout-", "oom-")
        return sorted(p for n in names for p in glob.glob(os.path.join(self.folder, n + "*")))

    def failed(self):
        return self.status != 0 or bool(self.findings())

    def sentence(self):
        """What the sanitizer, an assertion or libFuzzer said first."""
        said = re.search(r"^.*(ERROR: (?!libFuzzer: deadly).*|runtime error: .*|ERROR:.*)$",
                         self.text(), re.M)  # fmt: skip
        return said.group(0).strip() if said else f"ended with {self.status}"

    def last(self, what):
        return int((re.findall(what, self.text(), re.M) or ["0"])[-1])

    def executions(self):
        done = re.findall(r"stat::number_of_executed_units: (\d+)", self.text())
        return sum(map(int, done)) or self.last(r"^#(\d+)")

    def row(self):
        executions = self.executions()
        edges, features = self.last(r" cov: (\d+)"), self.last(r" ft: (\d+)")
        return (f"{self.target:14}{self.used / 60:8.1f}{executions:12}"
                f"{executions / max(self.used, 0.01):10.0f}{edges:7}{features:9}"
                f"{len(os.listdir(self.corpus)):7}{'one' if self.failed() else 'none':>9}")  # fmt: skip
