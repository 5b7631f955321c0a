# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide: every command in it is one that there is, and the blocks of each page are run."""

import contextlib
import csv
import glob
import os
import pwd
import re
import shlex
import subprocess

import clients
import tap
from daemon import SOURCE, binary
from namespace import private_etc
from office import Office, letter
from process import Program, run

PAGES = sorted([*glob.glob(os.path.join(SOURCE, "docs", "*.md")), os.path.join(SOURCE, "README.md")])
CONFIGURATION = "/etc/letterlock/letterlock.conf"
SSH_PORT, FORWARDED = 2222, 1468


def text_of(page):
    with open(os.path.join(SOURCE, "docs", page), encoding="utf-8") as file:
        return file.read()


def blocks(page):
    return re.findall(r"```sh\n(.*?)```", text_of(page), re.S)


class Guide(Office):
    """A home with the programs in its path, on a machine with an administrator of its own."""

    def __enter__(self):
        private_etc(self.folder)
        self.programs = os.path.join(self.folder, "programs")
        os.makedirs(self.programs)
        os.symlink(binary("letterlock"), os.path.join(self.programs, "letterlock"))
        return super().__enter__()

    def shell(self, script, **environment):
        """What it prints; every command of it must succeed."""
        variables = {**self.daemon.environment, **environment}
        variables["PATH"] = f"{self.programs}:{variables['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script], env=variables, cwd=self.folder,
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        tap.equal(done.returncode, 0, f"status of\n{script}\n{done.stdout}{done.stderr}\n")
        return done.stdout


# -- every command -----------------------------------------------------------------------


def commands(text):
    """Each `letterlock ...` of a page, as its words; from blocks, and from the lines of the text."""
    joined = text.replace("\\\n", " ")
    for line in re.findall(r"(?m)^(?:    |)([^`\n]*\bletterlock .*)$", joined):
        if line.startswith(("letterlock ", "echo ", "printf ")):
            yield line[line.rindex("letterlock ") :]
    yield from (x for x in re.findall(r"`([^`]+)`", joined.replace("\n", " ")) if x.startswith("letterlock "))


def words_of(command):
    """Up to where the shell goes on with something else."""
    try:
        words = shlex.split(re.split(r"[|>;&]", command)[0])[1:]
    except ValueError:
        return []
    return [re.sub(r"[,.]$", "", x) for x in words]


def test_commands_exist(office):
    """Every command and option in the guide is one that there is"""
    helps = {}
    for page in PAGES:
        with open(page, encoding="utf-8") as file:
            found = list(commands(file.read()))
        for command in found:
            words = words_of(command)
            names = [x for x in words[:2] if re.fullmatch(r"[a-z]+", x)]
            for name in (names[:2], names[:1]):
                key = " ".join(name)
                if key not in helps:
                    done = office.daemon.try_letterlock(*name, "--help")
                    helps[key] = done.stdout if done.returncode == 0 else None
                if helps[key] is not None:
                    break
            tap.true(helps[key], f"{page}: letterlock {key}: there is no such command ({command})")
            for option in (x.split("=")[0] for x in words if x.startswith("--") and len(x) > 2):
                there = re.search(rf"{option}\b", helps[key]) or option in ("--help", "--json")
                tap.true(there, f"{page}: {option} is no option of letterlock {key}")
    tap.true(len(helps) > 20, sorted(helps))


def test_guide(office):
    """The blocks of the guide"""
    office.send("bob@plain.lab", letter("bob@plain.lab"))
    for block in blocks("guide.md"):
        if "--accept" not in block:
            office.shell(block)
            continue
        done = office.daemon.try_letterlock(*words_of(block))
        tap.true("no downgrade is suspected there" in done.stderr, done.stderr)
    tap.true("partner.example" in office.shell("letterlock override --list"), "the override")
    rules = office.shell("letterlock rule list")
    tap.true("bank.example" in rules, rules)
    office.shell("letterlock config set --default policy.preset; letterlock rule remove 1")


# -- Outlook -------------------------------------------------------------------------------


def nobody():
    entry = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def test_wsl(office):
    """Outlook beside WSL: who is not the user is served at that port alone, with TLS and AUTH LOGIN"""
    trust, listen, back = blocks("connect-outlook.md")[:3]
    office.shell(trust + listen)
    ca = os.path.join(office.folder, "letterlock-ca.pem")
    os.chmod(office.folder, 0o755)
    os.chmod(ca, 0o644)
    send = [
        "swaks", "--tls-on-connect", "--tls-ca-path", ca, "--tls-verify", "--auth", "LOGIN",
        "--auth-user", office.login.username, "--auth-password", office.login.password,
        "--from", office.world.sender, "--to", "bob@dane.lab", "--ehlo", "DESKTOP3507CDS",
    ]  # fmt: skip
    for port, served in ((1466, True), (clients.SMTPS, False)):
        done = subprocess.run(
            [*send, "--server", "localhost", "--port", str(port)], preexec_fn=nobody, cwd="/",
            capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        tap.equal(done.returncode == 0, served, f"{port}: {done.stdout}{done.stderr}")
    office.world.provider.wait_letters("bob@dane.lab")
    office.shell(back)
    tap.true("1466" not in run(["ss", "-Hltn"]), "the port is still open")


@contextlib.contextmanager
def ssh_server(office):
    """A real one, which lets in who starts the test."""
    folder = os.path.join(office.folder, "ssh")
    os.makedirs("/run/sshd", exist_ok=True)
    os.makedirs(folder, mode=0o700)
    for name in ("host", "user"):
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", os.path.join(folder, name)])
    program = Program(
        "sshd",
        ["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-p", str(SSH_PORT), "-o", "ListenAddress=127.0.0.1",
         "-h", os.path.join(folder, "host"), "-o", "UsePAM=no", "-o", "StrictModes=no",
         "-o", "PidFile=none", "-o", f"AuthorizedKeysFile={folder}/user.pub"],
        os.path.join(folder, "log"),
    )  # fmt: skip
    try:
        program.wait_port("127.0.0.1", SSH_PORT)
        yield folder
    finally:
        program.stop()


def test_ssh(office):
    """Outlook on another machine: what SSH carries here is the user's own"""
    (line,) = re.findall(r"ssh -N -L .*", text_of("connect-outlook.md"))
    line = line.replace("-L 1465:", f"-L {FORWARDED}:")  # both ends are one machine here
    line = line.replace("you@linux-machine", f"{pwd.getpwuid(os.getuid()).pw_name}@127.0.0.1")
    with ssh_server(office) as folder:
        options = [
            "-F", "none", "-p", str(SSH_PORT), "-i", os.path.join(folder, "user"),
            "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no",
        ]  # fmt: skip
        words = line.split()
        carrier = Program("ssh", [words[0], *options, *words[1:]], os.path.join(folder, "ssh-log"))
        try:
            carrier.wait_port("127.0.0.1", FORWARDED)
            login = clients.Login(
                office.login.username, office.login.password, office.login.ca, smtps=FORWARDED
            )
            content = letter("bob@dane.lab", name="carried")
            accepted, said = clients.python(
                login, office.world.sender, ["bob@dane.lab"], content, tls="implicit"
            )
        finally:
            carrier.stop()
    tap.true(accepted, said)
    tap.true(office.daemon.wait_letter("carried", "sent"), "the letter")


def test_others(office):
    """Lines for command-line programs"""
    lines, git = blocks("connect-outlook.md")[3].strip().split("\n")
    tap.true("tls_trust_file" in office.shell(lines), "msmtp")
    tap.true("sendmail" in office.shell(git), "git")


# -- administrators and privacy ---------------------------------------------------------------


def test_fixed_keys(office):
    """What the administrator fixed is in force, whatever the user's file says"""
    office.shell("letterlock config set policy.preset everyday")
    example = re.search(r"(?ms)^    \[lock\].*?(?=    \[network\])", text_of("administrators.md")).group()
    os.makedirs(os.path.dirname(CONFIGURATION), exist_ok=True)
    with open(CONFIGURATION, "w", encoding="utf-8") as file:
        file.write(example.replace("    ", "").replace("careful", "regulated"))
    office.daemon.restart()
    tap.equal(office.shell("letterlock config get policy.preset").strip(), "regulated", "the preset")
    tap.true("fixed by the administrator" in office.shell("letterlock config get"), "not marked")
    done = office.daemon.try_letterlock("config", "set", "policy.preset", "everyday")
    tap.true(done.returncode != 0 and "administrator" in done.stderr, done.stderr)
    office.shell("letterlock rule add --to '*@plain.lab' --mode opportunistic")
    office.send("bob@plain.lab", letter("bob@plain.lab", name="fixed"))
    tap.true(office.daemon.wait_letter("fixed", "held"), "a rule of the user's is weaker")
    os.remove(CONFIGURATION)
    office.daemon.restart()


def test_report(office):
    """What was held and overridden, by rule"""
    office.shell("letterlock rule add --to '*@dane.lab' --mode encrypt")
    office.send("bob@dane.lab", letter("bob@dane.lab", name="ruled"))
    tap.true(office.daemon.wait_letter("ruled", "held"), "the letter")
    (block,) = blocks("administrators.md")
    since = re.sub(r"--since \S+", "--since 2020-01-01", re.sub(r"--until \S+", "", block))
    shown = office.shell(since)
    tap.true(re.search(r"Rule +recipients +held +overridden", shown), shown)
    with open(os.path.join(office.folder, "october.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    tap.true(any(x["rule"] != "" and x["held"] == "1" for x in rows), rows)
    office.shell(block)


def names_below(folder):
    """Of files, without those that SQLite keeps beside its own."""
    return {re.sub(r"-(wal|shm)$", "", x) for x in os.listdir(folder)}


def test_privacy(office):
    """Everything that is stored is named on the page, and its blocks are run"""
    office.send("bob@plain.lab", letter("bob@plain.lab", name="private"))
    office.shell("letterlock pause")
    named = set(re.findall(r"`([\w.-]+)`", text_of("privacy.md")))
    for folder in (office.daemon.state, os.path.join(office.daemon.folder, "cache", "letterlock")):
        tap.equal(names_below(folder) - named, set(), f"not named, below {folder}")
    for block in blocks("privacy.md"):
        office.shell(block)
    for name in ("bob.json", "record.csv"):
        path = os.path.join(office.folder, name)
        tap.true(os.path.exists(path), name)
    tap.true(glob.glob(os.path.join(office.folder, "letters", "*.eml")), "no letter was written")
    office.shell("letterlock resume")


if __name__ == "__main__":
    tap.main(Guide)
