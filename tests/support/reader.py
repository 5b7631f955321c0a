# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a window aloud and works it, through AT-SPI. One process reads one accessibility bus."""

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from tree import Tree  # noqa: E402


class Reader:
    def __init__(self, pid):
        self.pid = pid
        self.tree = Tree(pid)
        Atspi.init()

    def root(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            try:
                if application is not None and application.get_process_id() == self.pid:
                    return application if application.get_child_count() > 0 else None
            except GLib.Error:
                continue
        return None

    def front(self):
        """The window that came last: a question stands before what asked it."""
        root = self.root()
        return root.get_child_at_index(root.get_child_count() - 1)

    @staticmethod
    def is_sensitive_itself(one):
        return one.get_state_set().contains(Atspi.StateType.SENSITIVE)

    def walk(self):
        """Every accessible that is seen, in the order in which it is read."""
        Atspi.get_desktop(0).clear_cache()
        self.make_known([self.root()])
        return self.below([self.root()])

    def walk_front(self):
        Atspi.get_desktop(0).clear_cache()
        self.make_known([self.root()])
        return self.below([self.front()])

    def named(self, matches, in_front=False):
        """Of what is seen, in the order in which it is read, what has a name that @matches."""
        Atspi.get_desktop(0).clear_cache()
        for line, name in self.tree.read():
            if matches(name):
                one = self.reach(line, name, in_front)
                if one is not None:
                    yield one

    def reach(self, line, name, in_front):
        """From the outside in; None: it is not seen, or not there any more."""
        try:
            one = self.root()
            if one is None or (in_front and self.front().path != line[0]):
                return None
            for path in line:
                for inside in self.way(one, path):
                    if not self.is_visible(inside) or not self.is_shown(one, inside):
                        return None
                    one = inside
                if one.path != path:
                    return None
            return one if self.name(one) == name else None
        except GLib.Error:
            return None  # gone meanwhile

    def way(self, one, path):
        """To what is in @one; the page of a stack is not told of where all are asked for at once."""
        children = self.children(one)
        for child in children:
            if child.path == path:
                return [child]
        for child in children:
            if any(inside.path == path for inside in self.children(child)):
                return [child, *self.way(child, path)]
        return []

    @staticmethod
    def children(one):
        found = [one.get_child_at_index(i) for i in range(min(one.get_child_count(), 200))]
        return [child for child in found if child is not None]

    def is_shown(self, one, child):
        """Whether @child is among shown_children (@one)."""
        if self.name(one) == "AdwLeaflet":
            return self.is_at(child, child)
        if one.get_child_count() < 2 or self.place(child) is not None:
            return True
        return child in self.shown_children(one)

    def below(self, pending):
        while pending:
            one = pending.pop()
            if one is None:
                continue
            try:
                if not self.is_visible(one):
                    continue
                children = self.shown_children(one)
            except GLib.Error:
                continue  # gone meanwhile
            yield one
            pending.extend(reversed(children))

    @staticmethod
    def place(one):
        """(x, y, width, height) in its window; None for what has no place of its own."""
        try:
            found = one.get_extents(Atspi.CoordType.WINDOW)
        except GLib.Error:
            return None
        return found.x, found.y, found.width, found.height

    def is_visible(self, one):
        if one.get_role() == Atspi.Role.APPLICATION:
            return True
        if not one.get_state_set().contains(Atspi.StateType.VISIBLE):
            return False
        place = self.place(one)
        return place is None or (place[2] > 0 and place[3] > 0)

    def shown_children(self, one):
        """GTK says of what a stack or a leaflet does not show that it is visible, at the place where
        it was last: whether it is there is asked by pointing at it."""
        children = [one.get_child_at_index(i) for i in range(min(one.get_child_count(), 200))]
        if self.name(one) == "AdwLeaflet":
            return [child for child in children if child is not None and self.is_at(child, child)]
        if len(children) > 1 and all(c is not None and self.place(c) is None for c in children):
            return [child for child in children if self.is_at(one, child)] or children
        return children

    def is_at(self, place, one):
        """Whether @one is what is seen at @place: somewhere, since not everything is told of."""
        return self.is_seen(self.window_of(place), place, one)

    def is_seen(self, window, place, one):
        x, y, width, height = self.place(place)
        for part in (2, 3, 5, 11):
            seen = window.get_accessible_at_point(
                x + width // part, y + height // part, Atspi.CoordType.WINDOW
            )
            while seen is not None and seen != one:
                seen = seen.get_parent()
            if seen is not None:
                return True
        return False

    @staticmethod
    def make_known(pending):
        """GTK finds at a point only what somebody has asked for once."""
        while pending:
            one = pending.pop()
            try:
                if one is not None:
                    pending += [one.get_child_at_index(i) for i in range(min(one.get_child_count(), 200))]
            except GLib.Error:
                continue  # gone meanwhile

    @staticmethod
    def window_of(one):
        while one.get_parent() is not None and one.get_parent().get_role() != Atspi.Role.APPLICATION:
            one = one.get_parent()
        return one

    @staticmethod
    def name(one):
        try:
            return one.get_name() or ""
        except GLib.Error:
            return ""

    def texts(self):
        return [self.name(one) for one in self.walk() if self.name(one)]

    def find(self, name, roles=None):
        """In the window in front: what is behind a question cannot be reached."""
        for one in self.named(lambda known: known == name, in_front=True):
            if roles is None or one.get_role_name() in roles:
                return one
        return None

    def says(self, text):
        return any(True for _ in self.named(lambda name: text in name))

    def press(self, name, roles):
        """Only what can be seen, and is not greyed out."""
        found = self.find(name, roles)
        if found is None or not self.is_sensitive_itself(found):
            return False
        return bool(found.get_action_iface()) and found.do_action(0)

    def is_sensitive(self, name, roles=None):
        found = self.find(name, roles)
        return found is not None and self.is_sensitive_itself(found)

    def press_answer(self, name, roles):
        """GTK has a question's buttons twice, one of them hidden: "_Send it Send it"."""
        root = self.root()
        dialogs = [root.get_child_at_index(i) for i in range(1, root.get_child_count())]
        for one in self.below(dialogs):
            if name in self.name(one) and one.get_role_name() in roles and one.get_action_iface():
                return one.do_action(0)
        return False

    def focused(self):
        """What has the keyboard, in the window in front; None: a field has it, of which GTK does not
        tell that it is focused."""
        Atspi.get_desktop(0).clear_cache()
        pending = [self.front()]
        while pending:
            one = pending.pop()
            try:
                if one.get_state_set().contains(Atspi.StateType.FOCUSED):
                    return one
                children = [one.get_child_at_index(i) for i in range(min(one.get_child_count(), 200))]
            except GLib.Error:
                continue  # gone meanwhile
            pending += [child for child in children if child is not None]
        return None

    def focused_names(self):
        """Its name, and those of what it stands in: a field has the name of its row."""
        one = self.focused()
        names = []
        while one is not None and one.get_role() != Atspi.Role.APPLICATION:
            names.append(self.name(one))
            one = one.get_parent()
        return names

    def all_names(self, one):
        names = [self.name(one)]
        for i in range(one.get_child_count()):
            child = one.get_child_at_index(i)
            if child is not None:
                names.append(self.all_names(child))
        return " ".join(names)

    def write(self, name, text):
        for one in self.named(lambda known: name in (known, ""), in_front=True):
            if one.get_role_name() in ("text", "entry"):
                editable = one.get_editable_text_iface()
                if editable is not None:
                    return editable.set_text_contents(text)
        return False

    def unnamed(self, roles):
        """Controls that a blind user hears nothing of: their place, for the message of a test."""
        found = []
        for one in self.walk():
            if one.get_role_name() in roles and not self.all_names(one).strip():
                found.append(one.get_role_name())
        return found

    def tree(self):
        """For whoever looks for something."""
        lines = []

        def add(one, depth):
            lines.append("  " * depth + f"{one.get_role_name()}: {self.name(one)!r}")
            for i in range(min(one.get_child_count(), 200)):
                child = one.get_child_at_index(i)
                if child is not None:
                    add(child, depth + 1)

        if self.root() is not None:
            add(self.root(), 0)
        return "\n".join(lines)
