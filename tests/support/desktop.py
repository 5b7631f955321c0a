# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop without a screen: Xvfb, a session bus, and the accessibility bus through which the
window is read and worked as a screen reader would.

    with Desktop(folder) as desktop, desktop.window(daemon) as window:
        window.press("Check a domain")
        window.wait_text("dane.lab")
        window.picture("check.png")
"""

import os
import subprocess

from daemon import Bus, binary
from process import Program, wait_until

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
# More than there are places on any page for the keyboard to be.
STEPS_MAX = 60
# What GTK 4 calls the roles that a person can press.
PRESSABLE = ("push button", "button", "toggle button", "menu item", "check box", "switch")


class Screen:
    """Xvfb alone. @size: of the screen."""

    def __init__(self, folder, size="1200x900"):
        self.folder = folder
        self.size = size
        os.makedirs(folder, exist_ok=True)

    def __enter__(self):
        reading, writing = os.pipe()
        self.screen = Program(
            "Xvfb",
            # -noreset: else it starts anew whenever its last client goes, and meets the next one in between.
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{self.size}x24", "-nolisten", "tcp",
             "-noreset"],
            os.path.join(self.folder, "xvfb.log"), pass_fds=(writing,),
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading, encoding="ascii") as file:
            self.display = ":" + file.readline().strip()
        return self

    def __exit__(self, *_):
        self.screen.stop()


class Desktop(Screen):
    """Windows have no frame and no manager: as they draw themselves."""

    def __enter__(self):
        super().__enter__()
        self.bus = Bus(self.folder).__enter__()
        self.environment = {
            "DISPLAY": self.display,
            "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GSETTINGS_BACKEND": "memory",
            "GTK_A11Y": "atspi",
            "NO_AT_BRIDGE": "0",
            "XDG_DATA_DIRS": "/usr/share",
        }
        self.accessible = Program(
            "at-spi-bus-launcher", [LAUNCHER, "--launch-immediately"],
            os.path.join(self.folder, "at-spi.log"),
            env={"PATH": "/usr/bin:/bin", "HOME": self.folder, "XDG_RUNTIME_DIR": self.folder,
                 **self.environment},
        )  # fmt: skip
        self.accessible.wait_until(self._has_accessibility, "the accessibility bus answers")
        return self

    def _has_accessibility(self):
        done = subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus",
             "--method", "org.a11y.Bus.GetAddress"],
            env={"PATH": "/usr/bin:/bin", **self.environment}, capture_output=True, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def __exit__(self, *_):
        self.accessible.stop()
        self.bus.__exit__()
        super().__exit__()

    def window(self, daemon, *arguments, **environment):
        return Window(self, daemon, arguments, environment)


class Window:
    """letterlock-gui of @daemon's user. What is found is found by role and name, as it is read
    aloud."""

    def __init__(self, desktop, daemon, arguments, environment):
        self.desktop = desktop
        self.daemon = daemon
        self.arguments = arguments
        self.environment = {**daemon.environment, **desktop.environment, **environment}
        self.environment["GTK_USE_PORTAL"] = "0"

    def start(self):
        return Program(
            "letterlock-gui", [binary("letterlock-gui"), *self.arguments],
            os.path.join(self.desktop.folder, "letterlock-gui.log"), env=self.environment,
        )  # fmt: skip

    def __enter__(self):
        os.environ.update(self.desktop.environment)
        self.program = self.start()
        import reader

        self.reader = reader.Reader(self.program.pid)
        self.wait(lambda: self.reader.root() is not None, "the window is there")
        return self

    def __exit__(self, kind, *_):
        self.program.stop()
        text = self.program.output()
        if kind is None and ("CRITICAL" in text or "WARNING" in text):
            raise AssertionError("letterlock-gui complained:\n" + text[-2000:])

    def wait(self, question, what):
        return self.program.wait_until(question, what)

    def texts(self):
        """Everything that is read aloud in it, in its order."""
        return self.reader.texts()

    def wait_text(self, text):
        return self.wait(lambda: self.reader.says(text), f"it says {text!r}")

    def wait_known(self):
        """Until it knows how things are: whether letters wait, or none does."""
        return self.wait_text(" wait")

    def press(self, name):
        self.wait(lambda: self.reader.press(name, PRESSABLE), f"{name!r} can be pressed")

    def click(self, name):
        """With the mouse, in the middle of what has this name: rows have no other action."""
        self.wait(lambda: self.reader.find(name), f"{name!r} is seen")
        x, y, width, height = self.reader.place(self.reader.find(name))
        left, top = self.corner()
        self.xdotool("mousemove", left + x + width // 2, top + y + height // 2, "click", 1)

    def choose(self, name, steps):
        """In a row with choices, so many below (above, if less than 0) the one that is chosen: it has
        no action of its own, so with mouse and keys."""
        self.click(name)
        self.key(*["Down" if steps > 0 else "Up"] * abs(steps), "Return")

    def geometry(self):
        """(x, y, width, height) on the screen of the window that has the keyboard, shadow and all."""
        words = self.xdotool("getwindowfocus", "getwindowgeometry", "--shell").split()
        shell = dict(word.split("=", 1) for word in words)
        return tuple(int(shell[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def shadow(self):
        """Where in its picture the places begin that the reader knows."""
        _, _, width, height = self.geometry()
        whole = self.reader.place(self.reader.front())
        return (width - whole[2]) // 2, (height - whole[3]) // 2

    def corner(self):
        """Where they begin on the screen."""
        x, y, _, _ = self.geometry()
        left, top = self.shadow()
        return x + left, y + top

    def resize(self, width, height):
        """@width without the shadow."""
        left, top = self.shadow()
        self.xdotool("getwindowfocus", "windowsize", width + 2 * left, height + 2 * top)
        self.wait(lambda: self.geometry()[2] == width + 2 * left, f"it is {width} wide")

    def xdotool(self, *words):
        return subprocess.run(
            ["xdotool", *map(str, words)], env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def press_answer(self, name):
        """The button of a question, not the one behind it that asked."""
        self.wait(lambda: self.reader.press_answer(name, PRESSABLE), f"{name!r} can be answered")

    def page(self, number):
        """By its key: Alt and its place at the side."""
        self.key(f"alt+{number}")

    def act(self, action, *parameters):
        """An action of the application, as a notification calls it."""
        subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.letterlock.Letterlock", "--object-path",
             "/org/letterlock/Letterlock", "--method", "org.gtk.Actions.Activate", action,
             "[" + ", ".join(f"<{p!r}>" for p in parameters) + "]", "{}"],
            env=self.environment, check=True, capture_output=True,
        )  # fmt: skip

    def write(self, name, text):
        self.wait(lambda: self.reader.write(name, text), f"{name!r} can be written into")

    def unnamed(self):
        return self.reader.unnamed(PRESSABLE)

    def key(self, *keys):
        self.xdotool("key", *keys)

    def tab_to(self, name, *keys):
        """With Tab alone (or @keys), as often as it takes, until @name has the keyboard."""
        seen = []
        while name not in self.reader.focused_names()[:3]:
            before = self.reader.focused()
            seen.append(self.reader.focused_names()[:3])
            if len(seen) > STEPS_MAX:
                raise AssertionError(f"{name!r} is not reached by the keyboard: {seen}")
            self.key(*(keys or ("Tab",)))
            if before is not None:
                self.wait(lambda: self.reader.focused() != before, "the keyboard goes on")

    def picture(self, path):
        subprocess.run(["import", "-window", "root", path], env=self.environment, check=True)

    def picture_of_window(self, path):
        window = self.xdotool("getwindowfocus").strip()
        subprocess.run(["import", "-window", window, path], env=self.environment, check=True)
