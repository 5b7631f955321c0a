/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "api/prerequisite.h"

void
ll_prerequisite_add (GVariantBuilder *lines,
                     const char *check,
                     LlPrerequisite there,
                     const char *reason,
                     const char *remedy)
{
  g_auto (GVariantDict) line = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&line, "check", "s", check);
  if (there != LL_PREREQUISITE_UNTOLD)
    g_variant_dict_insert (&line, "ok", "b", there == LL_PREREQUISITE_THERE);
  if (reason != NULL)
    g_variant_dict_insert (&line, "reason", "s", reason);
  if (remedy != NULL)
    g_variant_dict_insert (&line, "remedy", "s", remedy);
  g_variant_builder_add_value (lines, g_variant_dict_end (&line));
}
