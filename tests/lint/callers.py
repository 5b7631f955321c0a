# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every function that others may call is called by a program: tests alone keep none alive.

Reads the code as text. A function lives when its name stands in a living one, in a table or
in a macro; main() lives. So what only a dead function calls is dead too.
"""

import re

from layers import code_only

# GNU style: the name in the first column, further lines of the parameters indented.
DEFINITION = re.compile(r"^(static )?[^\n]*\n(\w+) \((?:[^;{}\n]|\n )*\)\n\{\n(.*?)^\}", re.M | re.S)
PROTOTYPE = re.compile(r"^[A-Za-z][\w *]*?\b\w+ \((?:[^;{}\n]|\n )*\)[^;{}\n]*;", re.M)
NAME = re.compile(r"[A-Za-z_]\w*")
# g_autoptr (T) calls T's cleanup without naming it, GObject a class's two functions.
CLEANUP = re.compile(r"G_DEFINE_AUTO\w*_CLEANUP\w*_FUNC \((\w+), (\w+)\)")
CLASS = re.compile(r"^G_DEFINE_\w*TYPE\w* \(\w+,\s+(\w+)", re.M)


class Function:
    def __init__(self, path, code, match):
        self.place = f"{path}:{code.count(chr(10), 0, match.start(2)) + 1}"
        self.is_static = match.group(1) is not None
        self.name = match.group(2)
        self.uses = set(NAME.findall(match.group(3)))


def uncalled(texts):
    """The functions that no program comes to, as problems."""
    functions, reached, cleanups = [], {"main"}, {}
    for path, text in texts.items():
        if not path.startswith(("proxy/", "gui/", "tray/")):
            continue
        code = code_only(text)
        functions += [Function(path, code, match) for match in DEFINITION.finditer(code)]
        rest = CLEANUP.sub(" ", DEFINITION.sub(" ", code))
        reached |= set(NAME.findall(PROTOTYPE.sub(" ", rest)))
        reached |= {name + end for name in CLASS.findall(code) for end in ("_init", "_class_init")}
        cleanups |= dict(CLEANUP.findall(code))
    found = functions
    while found:
        reached |= {cleanups[name] for name in reached & cleanups.keys()}
        found = [f for f in functions if f.name in reached]
        functions = [f for f in functions if f.name not in reached]
        reached |= {name for function in found for name in function.uses}
    for function in functions:
        if not function.is_static:
            yield f"{function.place}: {function.name} has no caller outside tests"
