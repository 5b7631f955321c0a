# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real systemd user manager, also where PID 1 is no systemd: what `systemctl --user` talks to.

It believes that systemd runs the machine by a folder in /run, which is our own while it lasts.
"""

import os
import stat

import tap
from process import NotReady, Program, run

SYSTEMD = "/usr/lib/systemd/systemd"


def own_group():
    """The folder of our control group, in the hierarchy that systemd uses; or None."""
    with open("/proc/self/cgroup", encoding="ascii") as file:
        lines = [line.rstrip("\n").split(":", 2) for line in file]
    for _, name, path in sorted(lines, key=lambda line: line[1] != "name=systemd"):
        for base in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"):
            folder = base + path.rstrip("/")
            if name in ("name=systemd", "") and os.path.exists(folder + "/cgroup.procs"):
                return folder
    return None


def private_run():
    """What PID 1 would have made there: a mark, and the nodes that stand for what is hidden."""
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"])
    os.makedirs("/run/systemd/system")
    os.makedirs("/run/systemd/user")
    os.symlink("/dev/null", "/run/systemd/user/dbus.socket")  # no session bus: no keyring either
    os.makedirs("/run/systemd/inaccessible/dir", mode=0)
    for name, kind in (("reg", stat.S_IFREG), ("fifo", stat.S_IFIFO), ("chr", stat.S_IFCHR)):
        os.mknod("/run/systemd/inaccessible/" + name, kind)


class UserManager:
    def __init__(self, folder, environment):
        self.folder = folder
        self.environment = environment

    def __enter__(self):
        group = own_group()
        if not os.access(SYSTEMD, os.X_OK) or group is None:
            raise tap.Skip("there is no systemd, or no control groups")
        self.group = os.path.join(group, f"letterlock-{os.getpid()}")
        try:
            os.mkdir(self.group)
            private_run()
        except OSError as problem:
            raise tap.Skip(f"a user manager needs root: {problem}") from None
        self.program = Program(
            "systemd",
            ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$1" --user', self.group, SYSTEMD],
            os.path.join(self.folder, "systemd.log"), env=self.environment,
        )  # fmt: skip
        try:
            self.program.wait_until(self._answers, "systemctl --user is answered")
        except NotReady as problem:
            self._clear()
            raise tap.Skip(f"no user manager here: {problem}") from None
        return self

    def _answers(self):
        return "HOME=" in self.systemctl("show-environment", check=False)

    def __exit__(self, *_):
        self.program.stop()
        self._clear()
        run(["umount", "/run"])

    def _clear(self):
        for path, _, _ in os.walk(self.group, topdown=False):
            os.rmdir(path)

    def systemctl(self, *arguments, check=True):
        words = ["systemctl", "--user", *arguments]
        if check:
            return run(words, env=self.environment)
        return run(["sh", "-c", '"$@" 2>/dev/null || true', "sh", *words], env=self.environment)

    def shown(self, unit, name):
        return self.systemctl("show", unit, "-P", name).strip()
