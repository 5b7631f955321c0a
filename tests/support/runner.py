# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds everything, runs every test, counts. The way in is tests/run.

Adopts orphans (PR_SET_CHILD_SUBREAPER), so that whatever a test leaves behind
becomes a child of this process and is seen, counted as a failure and ended.
"""

import concurrent.futures
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, "build")
JOBS = 2
SYSTEM_TIMEOUT = 1200
PR_SET_CHILD_SUBREAPER = 36

passed, failed, skipped = 0, [], []
lock = threading.Lock()
started = time.monotonic()
starting = threading.Lock()
own = set()  # what was started here and is waited for there


def say(line):
    print(f"[{time.monotonic() - started:5.0f} s] {line}", flush=True)


def environment(**more):
    """What a test sees of the world: no user's settings, no proxy, no display."""
    keep = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LETTERLOCK_TEST_CACHE")
    env = {k: v for k, v in os.environ.items() if k in keep}
    env.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if "/usr/sbin" not in env["PATH"].split(":"):
        env["PATH"] += ":/usr/sbin:/sbin"
    env.setdefault("HOME", "/nonexistent")
    return {**env, "LC_ALL": "C.UTF-8", "TZ": "UTC", **more}


def count(name, output, status):
    """Adds up the TAP of one test program."""
    global passed
    good = bad = 0
    with lock:
        for line in output.split("\n"):
            match = re.match(r"(not )?ok\b\s*\d*\s*(?:- )?(.*)", line)
            if not match:
                continue
            if "# SKIP" in line.upper():
                skipped.append(f"{name}: {match.group(2)}")
            elif match.group(1):
                bad += 1
                failed.append(f"{name}: {match.group(2)}")
            else:
                good += 1
                passed += 1
        if status != 0 and bad == 0:
            failed.append(f"{name}: ended with status {status}")
            bad += 1
    return good, bad


def run(arguments, log, env=None, timeout=None):
    """One program to its end, in its own process group, its output kept in a log."""
    with open(log, "w", encoding="utf-8", errors="replace") as file:
        with starting:
            child = subprocess.Popen(
                arguments, cwd=TOP, env=env or environment(), stdin=subprocess.DEVNULL,
                stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            own.add(child.pid)
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            status = f"more than {timeout} s"
            os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    with open(log, encoding="utf-8", errors="replace") as file:
        return status, file.read()


def show(output, lines=60):
    print("\n".join("    " + x for x in output.rstrip().split("\n")[-lines:]), flush=True)


# -- processes that stayed -------------------------------------------------------


def children():
    found = {}
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children") as file:
                for pid in file.read().split():
                    with open(f"/proc/{pid}/cmdline") as line:
                        found[int(pid)] = line.read().replace("\0", " ").strip()
        except OSError:
            continue
    return found


def bury(ended):
    """As an init does, whenever one has ended (@ended becomes readable): whoever starts a gpg leaves
    it to its grandparents, and thousands of them would use up the processes that there may be."""
    while os.read(ended, 4096):
        with starting:
            for pid in children():
                if pid not in own:
                    try:
                        os.waitpid(pid, os.WNOHANG)
                    except ChildProcessError:
                        pass


def bury_from_now_on():
    ended, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # only what is handled wakes
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    threading.Thread(target=bury, args=(ended,), daemon=True).start()


def reap(known=()):
    """What became our child without being started here; waits for what is just ending."""
    deadline = time.monotonic() + 5
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        left = {p: c for p, c in children().items() if p not in known}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def end_all():
    while left := children():
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        reap()


def no_process_left():
    left = reap()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    names = ", ".join(sorted(set(left.values()))) or "none"
    count("processes", f"{'not ok' if left else 'ok'} 1 no process is left behind ({names})", 0)
    if left:
        say(f"left behind: {names}")


# -- the steps ---------------------------------------------------------------------


def build(name, options, cc):
    folder = os.path.join(BUILD, name)
    log = os.path.join(BUILD, f"{name}.log")
    env = environment(CC=cc)
    arguments = ["meson", "setup", folder, "-Dwerror=true", *options]
    if os.path.isdir(folder):
        arguments.append("--reconfigure")
    for step in (arguments, ["ninja", "-C", folder, f"-j{JOBS}"]):
        status, output = run(step, log, env)
        if status != 0 and "--reconfigure" in step:  # an interrupted or an outdated set-up
            shutil.rmtree(folder)
            status, output = run([a for a in step if a != "--reconfigure"], log, env)
        if status != 0:
            count(f"build {name}", "", status)
            say(f"build {name}: failed")
            show(output)
            return None
    count(f"build {name}", "ok 1 builds without a warning", 0)
    say(f"build {name}: done")
    return folder


def lint():
    status, output = run([os.path.join(TOP, "tests/lint/run")], os.path.join(BUILD, "lint.log"))
    good, bad = count("lint", output, status)
    say(f"lint: {good} passed, {bad} failed")
    if bad:
        show(output)


def mutations(wanted):
    """Each breaks one promise and must turn its test red; builds for each, so only when asked."""
    log = os.path.join(BUILD, "mutations.log")
    status, output = run([os.path.join(TOP, "tests/mutations/run"), *wanted], log)
    good, bad = count("mutations", output, status)
    say(f"mutations: {good} passed, {bad} failed")
    if bad:
        show(output)


def packages(wanted):
    """The Debian packages in a Debian of their own."""
    log = os.path.join(BUILD, "packages.log")
    status, output = run([os.path.join(TOP, "tests/packages/run"), *wanted], log)
    good, bad = count("packages", output, status)
    say(f"packages: {good} passed, {bad} failed")
    if bad:
        show(output)


def unit(folder, name, wanted):
    """The unit tests and corpora of one build, counted by their single cases."""
    report = os.path.join(folder, "meson-logs", "testlog.json")
    if os.path.exists(report):
        os.remove(report)
    arguments = [
        "meson", "test", "-C", folder, "--no-rebuild", "--num-processes", str(JOBS),
        "--timeout-multiplier", "5",  # ends what hangs, not what a busy machine makes slow
    ]  # fmt: skip
    env = environment(
        ASAN_OPTIONS="abort_on_error=1:detect_stack_use_after_return=1",
        UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1",
        LSAN_OPTIONS=f"suppressions={TOP}/tests/support/lsan.supp:print_suppressions=0",
    )
    status, output = run(arguments + list(wanted), folder + "-test.log", env)
    if not os.path.exists(report):
        if "No tests defined" not in output:
            count(f"unit {name}", "", status)
            show(output)
        return
    total = broken = 0
    with open(report, encoding="utf-8", errors="replace") as file:
        for line in file:
            test = json.loads(line)
            good = test["result"] in ("OK", "EXPECTEDFAIL", "SKIP")
            text = test.get("stdout", "")
            plus, minus = count(f"{name} {test['name']}", text, 0 if good else test["result"])
            total, broken = total + plus, broken + minus
            if minus:
                show(text + test.get("stderr", ""))
    say(f"unit {name}: {total} passed, {broken} failed")


# -- system tests --------------------------------------------------------------------


def namespace():
    """The command that gives a test its own network, or None and why there is none."""
    tries = [["unshare", "-n", "-m"]]
    if os.getuid() != 0:
        tries = [["unshare", "--map-root-user", "--map-auto", "-n", "-m"]]
    for command in tries:
        done = subprocess.run(
            command + ["ip", "link", "set", "lo", "up"], capture_output=True, text=True,
            env=environment(), stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode == 0:
            return command, None
        reason = done.stderr.strip().split("\n")[0] or "unshare failed"
    return None, f"no private network here ({reason})"


def second_mail_server():
    """Exim's path, or nothing when it cannot be had; then its tests are skipped."""
    log = os.path.join(BUILD, "exim.log")
    command = "import exim, sys; print(exim.unpack(sys.argv[1]))"
    folder = os.path.join(os.environ.get("LETTERLOCK_TEST_CACHE", BUILD), "exim")
    env = environment(PYTHONPATH=os.path.join(TOP, "tests", "support"))
    status, output = run(["/usr/bin/python3", "-B", "-c", command, folder], log, env, 120)
    if status != 0:
        skipped.append("Exim: its package cannot be downloaded")
        return {}
    return {"LETTERLOCK_EXIM": output.strip().split("\n")[-1]}


def system_tests(wanted):
    folder = os.path.join(TOP, "tests", "system")
    names = sorted(n[:-3] for n in os.listdir(folder) if n.endswith(".py"))
    return [n for n in names if not wanted or n in wanted]


def system_one(name, unshare, more):
    path = os.path.join(TOP, "tests", "system", name + ".py")
    inside = 'ip link set lo up && exec "$@"'
    env = environment(
        PYTHONPATH=os.path.join(TOP, "tests", "support"),
        LETTERLOCK_SOURCE=TOP,
        **more,
    )
    begin = time.monotonic()
    status, output = run(
        unshare + ["bash", "-c", inside, "system", "/usr/bin/python3", "-B", path],
        os.path.join(BUILD, f"system-{name}.log"), env, SYSTEM_TIMEOUT,
    )  # fmt: skip
    good, bad = count(f"system {name}", output, status)
    say(f"system {name}: {good} passed, {bad} failed ({time.monotonic() - begin:.0f} s)")
    if bad:
        show(output, 80)


def built(binaries, name):
    return any(os.path.isfile(os.path.join(binaries, "proxy", f, name)) for f in ("", "cli"))


def system(binaries, wanted):
    names = system_tests(wanted)
    unshare, reason = namespace()
    missing = [n for n in ("letterlockd", "letterlock") if not built(binaries, n)]
    if missing:
        unshare, reason = None, f"{missing[0]} is not built yet"
    if unshare is None:
        for name in names:
            count(f"system {name}", f"ok 1 {name} # SKIP {reason}", 0)
        return
    more = {"LETTERLOCK_BINARIES": os.path.join(binaries, "proxy"), **second_mail_server()}
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for done in [pool.submit(system_one, n, unshare, more) for n in names]:
            done.result()


def main(arguments):
    what = arguments[0] if arguments else "all"
    wanted = arguments[1:]
    if what not in ("all", "lint", "unit", "system", "packages", "mutations"):
        print("usage: tests/run [lint|unit|system|packages|mutations] [NAME...]", file=sys.stderr)
        return 2
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    bury_from_now_on()
    os.makedirs(BUILD, exist_ok=True)
    # A shell starts what runs in the background with SIGINT ignored; ignored signals are inherited,
    # and then no server hears that it is to end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return everything(what, wanted)
    except KeyboardInterrupt:
        end_all()
        print("interrupted", file=sys.stderr)
        return 130


def everything(what, wanted):
    if what in ("all", "lint"):
        lint()
    if what == "mutations":
        mutations(wanted)
    gcc = build("gcc", [], "gcc") if what in ("all", "unit", "system") else None
    if gcc and what in ("all", "unit"):
        unit(gcc, "gcc", wanted)
    if gcc and what in ("all", "system"):
        system(gcc, wanted)
    if what in ("all", "unit"):
        options = ["-Db_sanitize=address,undefined", "-Db_lundef=false", "-Dfuzz=true", "-Dgui=disabled"]
        if asan := build("asan", options, "clang"):
            unit(asan, "asan", wanted)
    if what in ("all", "packages"):
        packages(wanted)
    no_process_left()
    for title, list_ in (("skipped", skipped), ("failed", failed)):
        for line in list_:
            print(f"{title}: {line}")
    tail = f", {len(skipped)} skipped" if skipped else ""
    print(f"{passed} passed, {len(failed)} failed{tail}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
