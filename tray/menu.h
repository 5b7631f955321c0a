/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/daemon.h"

G_BEGIN_DECLS

/*
 * The menu of the icon: the state in words, held letters to decide, the last letters, pause, open,
 * quit. An entry stays the same one for as long as it shows the same: the menu may be open while
 * letters come and go.
 *
 * Main thread.
 */
typedef struct _LlMenu LlMenu;

typedef struct
{
  void (*open) (const char *id, gpointer data); /* NULL: the window as it is */
  void (*quit) (gpointer data);
} LlMenuTable;

#define LL_MENU_PATH "/MenuBar"

LlMenu *ll_menu_new (LlDaemon *daemon, const LlMenuTable *table, gpointer data);
void ll_menu_free (LlMenu *menu);

/* @words: the first line. @held, @last: aa{sv} as of ListLetters. */
void ll_menu_show (LlMenu *menu, const char *words, GVariant *held, GVariant *last);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlMenu, ll_menu_free)

G_END_DECLS
