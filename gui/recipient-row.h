/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "gui/record-row.h"

G_BEGIN_DECLS

/*
 * One recipient of a letter: what was done and why; opened, the evidence, who is bound by it, and
 * the proof. @recipient: as GetLetter gives it. (transfer floating)
 */
GtkWidget *ll_recipient_row_new (GVariant *recipient);

G_END_DECLS
