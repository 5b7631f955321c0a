/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "keys/subaddress.h"

#include <string.h>

char *
ll_subaddress_owner (const char *address)
{
  const char *at = strrchr (address, '@');
  const char *plus = strchr (address, '+');

  if (at == NULL || plus == NULL || plus > at || plus == address || address[0] == '"')
    return NULL;
  return g_strdup_printf ("%.*s%s", (int) (plus - address), address, at);
}
