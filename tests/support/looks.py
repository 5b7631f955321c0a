# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what a window shows can be read: every text is inside of it, and stands out from its
ground. Measured in a picture of the window, at the places that the accessibility bus tells."""

import subprocess

# WCAG 2.1 AA, 1.4.3. Large text would need 3.0 only: none is measured apart.
CONTRAST_MIN = 4.5


class Picture:
    def __init__(self, path):
        pnm = subprocess.run(["convert", path, "-depth", "8", "ppm:-"], check=True, capture_output=True).stdout
        _, width, height, _ = pnm.split(maxsplit=4)[:4]
        self.width, self.height = int(width), int(height)
        self.bytes = pnm[len(pnm) - self.width * self.height * 3 :]

    def colours(self, x, y, width, height):
        """How often each stands in the rectangle."""
        found = {}
        for row in range(max(y, 0), min(y + height, self.height)):
            start = (row * self.width + max(x, 0)) * 3
            line = self.bytes[start : start + min(width, self.width - max(x, 0)) * 3]
            for i in range(0, len(line) - 2, 3):
                colour = line[i : i + 3]
                found[colour] = found.get(colour, 0) + 1
        return found


def luminance(colour):
    parts = [value / 255 for value in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def best_contrast(picture, place):
    """Of the ground, which is most of it, and what differs most from it: the inside of a stroke."""
    colours = picture.colours(*place)
    if len(colours) < 2:
        return None  # scrolled out of sight, or nothing in it
    ground = max(colours, key=colours.get)
    return max(contrast(ground, colour) for colour in colours)


def is_title_of_field(reader, one):
    """libadwaita has it twice, large and small, and draws them smaller than GTK says that they are."""
    return [beside.get_name() for beside in reader.children(one.get_parent())] == [one.get_name()] * 2


def problems(window, path):
    picture = Picture(path)
    left, top = window.shadow()
    frame = window.reader.place(window.reader.front())
    for one in window.reader.below([window.reader.front()]):
        if one.get_role_name() != "label" or not one.get_name().strip():
            continue
        x, y, width, height = window.reader.place(one)
        if x < 0 or (x + width > frame[2] and not is_title_of_field(window.reader, one)):
            yield f"{one.get_name()!r} reaches out of the window"
        if not window.reader.is_sensitive_itself(one) or y < 0 or y + height > frame[3]:
            continue
        found = best_contrast(picture, (left + x, top + y, width, height))
        if found is not None and found < CONTRAST_MIN:
            yield f"{one.get_name()!r} has a contrast of {found:.1f}"
