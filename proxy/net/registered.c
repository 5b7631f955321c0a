/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/registered.h"

#include <libpsl.h>

static psl_ctx_t *
list_of_suffixes (void)
{
  static psl_ctx_t *list;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      list = psl_latest (NULL);
      g_once_init_leave (&once, 1);
    }
  return list;
}

char *
ll_registered (const char *host)
{
  const psl_ctx_t *list = list_of_suffixes ();

  return list != NULL ? g_strdup (psl_registrable_domain (list, host)) : NULL;
}
