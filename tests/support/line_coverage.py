# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of each parser its corpus reaches, in lines, measured by clang in a build of its own."""

import glob
import json
import os
import re
import subprocess
import sys

OPTIONS = [
    "-Doptimization=1",
    "-Dc_args=-fprofile-instr-generate -fcoverage-mapping",
    "-Dc_link_args=-fprofile-instr-generate",
]


def call(*command, **more):
    # what the build itself runs leaves no profile lying about
    env = {**os.environ, "CC": "clang", "LLVM_PROFILE_FILE": "/dev/null", **more}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit((done.stdout + done.stderr)[-4000:])
    return done.stdout


def includes(path):
    """"wire/reply" for each header of the program, in order; also what a header beside includes."""
    with open(path, encoding="utf-8") as file:
        found = re.findall(r'^#include "(.+\.h)"', file.read(), re.M)
    beside = [os.path.join(os.path.dirname(path), name) for name in found if name.startswith("../")]
    own = [name.removesuffix(".h") for name in found if not name.startswith("../")]
    return own + [name for path in beside for name in includes(path)]


def parser_files(top, target):
    """The sources whose own header is one that the target includes, or the private half of it."""
    wanted = {h for h in includes(f"{top}/tests/fuzz/{target}.c") if not h.startswith("base/")}
    wanted |= {h + "-private" for h in wanted}
    sources = glob.glob(f"{top}/proxy/*/*.c")
    return sorted(s for s in sources if (includes(s) or [""])[0] in wanted)


def lines(folder, target, corpus):
    """{path: (lines reached, lines)} after the target has read the whole corpus."""
    program = f"{folder}/tests/fuzz/replay-{target}"
    raw, merged = f"{folder}/{target}.raw", f"{folder}/{target}.profile"
    call(program, corpus, LLVM_PROFILE_FILE=raw)
    call("llvm-profdata", "merge", "-o", merged, raw)
    summary = call("llvm-cov", "export", "-summary-only", "-instr-profile", merged, program)
    files = json.loads(summary)["data"][0]["files"]
    counts = {os.path.realpath(f["filename"]): f["summary"]["lines"] for f in files}
    return {path: (c["covered"], c["count"]) for path, c in counts.items()}


def show(top, folder, corpora):
    """Prints one line for each target's parser files."""
    if not os.path.exists(f"{folder}/build.ninja"):
        call("meson", "setup", *OPTIONS, folder, top)
    call("ninja", "-j2", "-C", folder, *(f"tests/fuzz/replay-{t}" for t in corpora))
    print(f"\n{'target':14}{'source':34}{'lines':>7}{'reached':>9}")
    for target, corpus in corpora.items():
        counts = lines(folder, target, corpus)
        for path in parser_files(os.path.realpath(top), target):
            reached, count = counts.get(path, (0, 0))
            if reached:
                name = os.path.relpath(path, top)
                print(f"{target:14}{name:34}{count:7}{100 * reached / count:8.0f}%", flush=True)
