/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The icon in the panel: org.kde.StatusNotifierItem on the session bus, told to every watcher that
 * comes. Where there is no watcher there is no icon, and nothing fails.
 *
 * Main thread.
 */
typedef struct _LlItem LlItem;

typedef void (*LlItemActivate) (gpointer data);

/* @menu_path: where the menu of com.canonical.dbusmenu is, on the same connection. @activate: the
 * icon was clicked. (transfer full) */
LlItem *
ll_item_new (GDBusConnection *bus, const char *menu_path, LlItemActivate activate, gpointer data);
void ll_item_free (LlItem *item);

/* @icon: a name of the icon theme. @attention: a person is wanted. @words: what the icon says, one
 * sentence, for whoever does not see it or points at it. */
void ll_item_show (LlItem *item, const char *icon, gboolean attention, const char *words);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlItem, ll_item_free)

G_END_DECLS
