/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * One recipient of a letter: what was done and why; opened, the evidence, who is bound by it, and
 * the proof.
 */
#define LL_TYPE_RECIPIENT_ROW (ll_recipient_row_get_type ())
G_DECLARE_FINAL_TYPE (LlRecipientRow, ll_recipient_row, LL, RECIPIENT_ROW, AdwExpanderRow)

/* @recipient: as GetLetter gives it. */
GtkWidget *ll_recipient_row_new (GVariant *recipient);

G_END_DECLS
