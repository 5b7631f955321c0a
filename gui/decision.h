/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/decide.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * What a person can decide, as buttons: only what the daemon says would work. What is not to be
 * taken back is asked once more; what did not work is told by a toast of the window.
 */

/* For @letter, as GetLetter gives it; @address: for this recipient alone, NULL: for all.
 * NULL: there is nothing to decide. (transfer floating) */
GtkWidget *ll_decision_buttons_new (LlDaemon *daemon, GVariant *letter, const char *address);

/* What is done when a button is pressed, after its question. */
typedef void (*LlDecisionDo) (LlDecide decide, GtkWidget *button, gpointer data);

/* A button for each of @offered, bits of LlDecide. @data is freed with the buttons by @free, if
 * that is not NULL. (transfer floating) */
GtkWidget *
ll_decision_box_new (guint offered, LlDecisionDo callback, gpointer data, GDestroyNotify free);

/* @box comes in place of @before: if a button there has the keyboard, its like here gets it. */
void ll_decision_box_take_keyboard (GtkWidget *box, GtkWidget *before);

G_END_DECLS
