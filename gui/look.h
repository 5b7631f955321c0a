/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "api/names.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * How a word of api/names.h looks: the icon beside it and its style. Never without the word, never
 * by colour alone; a padlock is for what is assured, and for nothing else (promise 8).
 */

/* The names are static. The style is one of Adwaita's ("success", "warning", "error", "dim-label").
 */
const char *ll_look_state_icon (LlState state);
const char *ll_look_state_style (LlState state);
const char *ll_look_confidence_icon (LlConfidence confidence);
const char *ll_look_evidence_icon (LlEvidence evidence);
const char *ll_look_evidence_style (LlEvidence evidence);

/* Shows @icon in @image and gives it @style, in place of any other of these. */
void ll_look_show (GtkImage *image, const char *icon, const char *style);

G_END_DECLS
