# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may include whom, and how long things may be (CONTRIBUTING.md, points 2 and 3)."""

import re

ORDER = [
    "base", "api", "config", "secrets", "net", "wire", "engine", "spool",
    "listen", "message", "assess", "keys", "policy", "protect", "deliver", "record", "bus",
]  # fmt: skip
# Wiped memory is a type like a string; config checks a local password with it.
TYPES_FOR_ALL = {"secrets/secret.h"}
# Besides proxy/cli itself; the offline file may look at domains without a daemon, and full.c finds
# the program that has it.
CLI_MAY = {"api"}
CLI_FULL_MAY = {"api", "base"}
CLI_OFFLINE_MAY = {"api", "base", "config", "net", "wire", "assess"}
# Other programs' settings are files: what reads and changes them knows nothing of letters.
# Some of them are passwords in the keyring.
SETUP_MAY = {"base", "secrets", "setup"}
CLI_SETUP_MAY = {"api", "setup"}
# The program that engines run in; it is no stage.
WORKER_MAY = {"base", "api", "wire", "engine", "worker"}
# Pure parsers of what came from outside, which run there because such files have broken readers.
WORKER_MAY_PARSE = {"keys/autocrypt.h", "keys/blob.h", "keys/capabilities.h", "keys/certificate.h"}
# What a person sees talks to the daemon and knows nothing else of it.
DESKTOP = {"gui", "tray"}
# What stands above the rooms (main, app, pipeline...) may know all, and no room includes it.
ROOF = re.compile(r"^proxy/[a-z-]+\.[ch]$")

FILE_MAX = 500
FUNCTION_MAX = 100
DEPTH_MAX = 4
VAGUE = {"util", "utils", "common", "helper", "helpers", "misc"}

FORBIDDEN = {
    "strtok": "use base/scan.h",
    "strtok_r": "use base/scan.h",
    "sscanf": "use base/scan.h",
    "atoi": "use ll_scan_number",
    "atol": "use ll_scan_number",
    "atoll": "use ll_scan_number",
    "gets": "has no limit",
    "strcpy": "has no limit",
    "strcat": "has no limit",
    "sprintf": "has no limit; use g_snprintf",
    "vsprintf": "has no limit",
    "ub_resolve": "blocks the resolver's thread; use ub_resolve_async",
    "system": "starts a shell",
    "popen": "starts a shell",
    "g_error": "aborts",
}

# Where a person looks nothing is waited for: each frame is due in 16 ms.
WAITS = re.compile(
    r"\b(g(?:tk)?_\w+_sync|g_subprocess_(?:wait|wait_check|communicate|communicate_utf8)|g_main_loop_run"
    r"|g_u?sleep|ll_bus_client_(?:new|call)|ll_bus_session)\s*\("
)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S
)


def code_only(text):
    """The text with comments and strings blanked, lines kept."""
    return COMMENT_OR_STRING.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def allowed(room):
    return set(ORDER[: ORDER.index(room) + 1]) if room in ORDER else None


def wrong_arrows(path, text, files):
    part = path.split("/")[0]
    if part in DESKTOP:
        for target in INCLUDE.findall(text):
            if target.split("/")[0] not in (part, "api"):
                yield f'{path}: includes "{target}"; {part}/ knows api/ only'
    if not path.startswith("proxy/"):
        return
    parts = path.split("/")
    room = parts[1] if len(parts) > 2 else None
    for target in INCLUDE.findall(text):
        folder = target.split("/")[0] if "/" in target else None
        if folder is None:
            # generated code has no folder; the roof's own headers are for the roof
            if "proxy/" + target in files and not ROOF.match(path):
                yield f'{path}: includes "{target}", which nobody below may know'
            continue
        if room is None:
            continue
        if room == "cli":
            kind = re.split(r"[-.]", parts[2])[0]
            may = {"offline": CLI_OFFLINE_MAY, "setup": CLI_SETUP_MAY, "full": CLI_FULL_MAY}.get(
                kind, CLI_MAY
            )
            if folder not in may | {"cli"} and target not in TYPES_FOR_ALL:
                yield f'{path}: includes "{target}"; the command line knows api/ only'
        elif room == "worker":
            if folder not in WORKER_MAY and target not in WORKER_MAY_PARSE:
                yield f'{path}: includes "{target}"; the worker knows engine/ and the leaves below it'
        elif room == "setup":
            if folder not in SETUP_MAY and target not in TYPES_FOR_ALL:
                yield f'{path}: includes "{target}"; setup/ knows files and nothing of letters'
        elif allowed(room) is None:
            yield f"{path}: {room}/ is no room of the house"
        elif folder not in allowed(room) and target not in TYPES_FOR_ALL:
            yield f'{path}: includes "{target}", a later room'


def own_header_first(path, text, files):
    own = path[:-1] + "h"
    if path.split("/")[0] not in DESKTOP | {"proxy"} or not path.endswith(".c") or own not in files:
        return
    first = re.search(r'^\s*#\s*include\s+["<]([^">]+)', text, re.M)
    own_headers = (own, own[:-2] + "-private.h")
    if first is None or not any(("/" + h).endswith("/" + first.group(1)) for h in own_headers):
        yield f"{path}: does not include its own header first"


def sizes(path, text):
    lines = text.count("\n")
    if lines > FILE_MAX:
        yield f"{path}: {lines} lines, more than {FILE_MAX}; split it by subject"
    if path.split("/")[-1].split(".")[0] in VAGUE:
        yield f"{path}: a name without a subject"


def functions(path, text):
    """GNU style: a body stands between { and } in the first column."""
    start = None
    name = "?"
    deepest = depth = 0
    previous = ""
    for number, line in enumerate(code_only(text).split("\n"), 1):
        if line.startswith("{") and re.match(r"[\w ]*\(|.*\)\s*$", previous):
            start, deepest, depth = number, 0, 0
        if start is not None:
            depth += line.count("{") - line.count("}")
            deepest = max(deepest, depth)
            if line.startswith("}"):
                if number - start + 1 > FUNCTION_MAX:
                    yield f"{path}:{start}: {name} has {number - start + 1} lines"
                if deepest - 1 > DEPTH_MAX:
                    yield f"{path}:{start}: {name} is nested {deepest - 1} deep"
                start = None
        elif match := re.match(r"^(\w+) \(", line):
            name = match.group(1)
        if line.strip():
            previous = line


def headings(path, text):
    """The formatter breaks what is too long, and leaves half a line of dashes."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("/* -- ") and not line.endswith(" */"):
            yield f"{path}:{number}: the heading does not fit on its line"


def waiting(path, text):
    if not path.startswith("gui/"):
        return
    code = code_only(text)
    for match in WAITS.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        yield f"{path}:{line}: {match.group(1)}: the window waits for nobody"


def forbidden(path, text):
    if not path.startswith("proxy/"):
        return
    code = code_only(text)
    for match in re.finditer(r"(?<![\w.>])(\w+)\s*\(", code):
        if match.group(1) in FORBIDDEN:
            line = code.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: {match.group(1)}: {FORBIDDEN[match.group(1)]}"
    if path != "proxy/base/error.h" and re.search(r"\bgoto\b", code):
        labels = set(re.findall(r"\bgoto (\w+)", code))
        if len(labels) > 1:
            yield f"{path}: goto to more than one label: {', '.join(sorted(labels))}"
