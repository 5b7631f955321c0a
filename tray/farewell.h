/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tray/logout.h"

G_BEGIN_DECLS

/*
 * Who logs out of a session of KDE, Xfce or LXQt while letters are not sent yet is asked first, by
 * a notification: log out, or stay. No answer within a minute, or a desktop without notifications:
 * the session ends, as it was told to. Where the session says it by itself (tray/logout.h), nobody
 * is asked twice.
 *
 * Main thread.
 */
typedef struct _LlFarewell LlFarewell;

/* @end: the session ends. @logout has to live as long. NULL: the session does not ask. */
LlFarewell *ll_farewell_new (GDBusConnection *bus,
                             LlLogout *logout,
                             void (*end) (gpointer data),
                             gpointer data);
void ll_farewell_free (LlFarewell *farewell);

/* @unsent: how many there are; a question about none is taken back. Nothing for NULL. */
void ll_farewell_look (LlFarewell *farewell, gulong unsent);

/* Who showed the question is gone: its number will be another's. Nothing for NULL. */
void ll_farewell_forget (LlFarewell *farewell);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlFarewell, ll_farewell_free)

G_END_DECLS
