# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completions in a real bash and a real zsh: commands, options, accounts and letters' ids; and
none of them lacks what --help shows."""

import os
import pty
import re
import subprocess

import namespace
import tap
from daemon import SOURCE, Daemon, binary
from process import wait_until

FOLDER = os.path.join(SOURCE, "packaging", "completions")
VERBS = {
    "account": ["add", "find", "edit", "test", "remove"],
    "rule": ["add"],
    "config": ["set"],
    "setup": ["thunderbird", "evolution", "msmtp", "git", "other"],
}


class Typist:
    """A daemon with an account and a held letter, and the shells of its user."""

    def __init__(self, folder):
        namespace.require_alone()
        self.folder = folder
        self.daemon = Daemon(os.path.join(folder, "anna"))

    def __enter__(self):
        self.daemon.start()
        self.daemon.letterlock(
            "account", "add", "--address", "anna@home.example", "--upstream", "mail.home.example:465",
            "--auth", "none", "--name", "family",
        )  # fmt: skip
        text = "From: anna@home.example\nSubject: [hold] x\n\nhi\n"
        self.daemon.letterlock("sendmail", "bob@away.example", text=text)
        self.id = self.daemon.wait_state("held")[0]["id"]
        here = os.path.dirname(binary("letterlock"))
        self.environment = {
            **self.daemon.environment, "PATH": f"{here}:/usr/bin:/bin", "TERM": "dumb",
            "ZDOTDIR": self.folder,
        }  # fmt: skip
        return self

    def __exit__(self, *arguments):
        self.daemon.__exit__(*arguments)

    def help(self, *words):
        """The long options that --help shows."""
        return set(re.findall(r"(?m)^  (?:-\w, )?(--[a-z0-9-]+)", self.daemon.letterlock(*words, "--help")))

    def bash(self, *words):
        """What bash offers for the last of these words."""
        script = """
            source "$1"; shift
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _letterlock && printf '%s\\n' "${COMPREPLY[@]}"
        """
        done = subprocess.run(
            ["bash", "--norc", "-c", script, "bash", os.path.join(FOLDER, "letterlock.bash"), *words],
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        tap.equal(done.stderr, "", "what bash complains of")
        return set(done.stdout.split())


class Zsh:
    """An interactive zsh: types a line, presses Tab, and tells what the line is then."""

    def __init__(self, typist):
        self.line = os.path.join(typist.folder, "line")
        with open(os.path.join(typist.folder, ".zshrc"), "w", encoding="utf-8") as file:
            file.write(
                f"fpath=({FOLDER} $fpath)\nautoload -Uz compinit\ncompinit -u -D\n"
                f"tell() {{ print -r -- \"$BUFFER\" >{self.line}.new && mv {self.line}.new {self.line} }}\n"
                "zle -N tell\nbindkey '^T' tell\nbindkey '^U' kill-whole-line\nunsetopt beep\n"
            )
        self.ours, theirs = pty.openpty()
        self.program = subprocess.Popen(
            ["zsh", "-d", "-i"], stdin=theirs, stdout=theirs, stderr=theirs,
            env=typist.environment, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        os.set_blocking(self.ours, False)

    def said(self):
        try:
            os.read(self.ours, 65536)  # or its terminal is full some day
        except BlockingIOError:
            pass
        try:
            with open(self.line, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def complete(self, line):
        if os.path.exists(self.line):
            os.unlink(self.line)
        os.write(self.ours, b"\x15" + line.encode() + b"\t\x14")
        return wait_until(self.said, f"zsh completes {line}").rstrip("\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.ours)
        self.program.kill()
        self.program.wait()


def test_bash(typist):
    """bash completes commands, verbs, words, account names and ids"""
    tap.equal(typist.bash("letterlock", "sta"), {"status"}, "a command")
    tap.equal(typist.bash("letterlock", "account", "e"), {"edit"}, "a verb")
    tap.equal(typist.bash("letterlock", "rule", "add", "--mode", "ex"), {"exclusive"}, "a mode")
    tap.equal(typist.bash("letterlock", "account", "show", "f"), {"family"}, "an account")
    tap.equal(typist.bash("letterlock", "log", "--account", ""), {"family"}, "an account")
    for command in ("show", "explain", "release", "drop"):
        tap.equal(typist.bash("letterlock", command, typist.id[:2]), {typist.id}, command)
    tap.true("policy.preset" in typist.bash("letterlock", "config", "get", "policy."), "a key")


def test_zsh(typist):
    """zsh completes commands, verbs, words, account names and ids"""
    with Zsh(typist) as zsh:
        for typed, whole in [
            ("letterlock sta", "letterlock status "),
            ("letterlock account ed", "letterlock account edit "),
            ("letterlock rule add --mode ex", "letterlock rule add --mode exclusive "),
            ("letterlock account show f", "letterlock account show family "),
            ("letterlock log --account f", "letterlock log --account family "),
            (f"letterlock show {typist.id[:3]}", f"letterlock show {typist.id} "),
            (f"letterlock release {typist.id[:3]}", f"letterlock release {typist.id} "),
            (f"letterlock drop {typist.id[:3]}", f"letterlock drop {typist.id} "),
            ("letterlock config get policy.prese", "letterlock config get policy.preset "),
        ]:
            tap.equal(zsh.complete(typed), whole, typed)


def commands(typist):
    """(words of the command line, its options) of everything that takes options."""
    names = re.findall(r"(?m)^  ([a-z]+) ", typist.daemon.letterlock("--help"))
    for name in names:
        for verb in VERBS.get(name, [None]):
            words = [name] if verb is None else [name, verb]
            yield words, typist.help(*words) - {"--help", "--json"}


def test_nothing_is_missing(typist):
    """Each command and each option of --help is in both completions"""
    with open(os.path.join(FOLDER, "_letterlock"), encoding="utf-8") as file:
        zsh = file.read()
    missing = []
    for words, options in commands(typist):
        if words[0] not in typist.bash("letterlock", words[0]) or f"'{words[0]}:" not in zsh:
            missing.append(words[0])
        for option in options - typist.bash("letterlock", *words, "--"):
            missing.append(f"bash: {' '.join(words)} {option}")
        for option in options:
            if not re.search(rf"[*'{{,]{option}\b(?!-)", zsh):
                missing.append(f"zsh: {' '.join(words)} {option}")
    tap.equal(missing, [], "missing")


if __name__ == "__main__":
    tap.main(Typist)
