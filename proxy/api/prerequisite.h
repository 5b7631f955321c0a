/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One line of `doctor`: something that Letterlock needs, whether it is there, and what to do. */

typedef enum
{
  LL_PREREQUISITE_MISSING,
  LL_PREREQUISITE_THERE,
  LL_PREREQUISITE_UNTOLD, /* it cannot be told from here */
} LlPrerequisite;

/* {check, ok, reason, remedy} at the end of @lines (aa{sv}). @reason: a sentence, @remedy: what is
 * typed or done; either may be NULL. */
void ll_prerequisite_add (GVariantBuilder *lines,
                          const char *check,
                          LlPrerequisite there,
                          const char *reason,
                          const char *remedy);

G_END_DECLS
