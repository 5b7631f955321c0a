/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include <stdio.h>

/* What a mail program needs to submit here. */

static gboolean
has_port (GVariant *access, const char *key, guint32 wanted)
{
  g_autoptr (GVariant) ports = g_variant_lookup_value (access, key, G_VARIANT_TYPE ("au"));

  for (gsize i = 0; ports != NULL && i < g_variant_n_children (ports); i++)
    {
      guint32 port;

      g_variant_get_child (ports, i, "u", &port);
      if (port == wanted)
        return TRUE;
    }
  return FALSE;
}

void
ll_account_print_access (GVariant *access)
{
  g_autoptr (GVariant) ports = g_variant_lookup_value (access, "ports", G_VARIANT_TYPE ("au"));
  g_autoptr (GString) list = g_string_new (NULL);
  const char *password = ll_text (access, "password");

  for (gsize i = 0; ports != NULL && i < g_variant_n_children (ports); i++)
    {
      guint32 port;

      g_variant_get_child (ports, i, "u", &port);
      g_string_append_printf (list, "%s%u (%s)", i > 0 ? " or " : "", port,
                              has_port (access, "tls_ports", port) ? "SSL/TLS" : "STARTTLS");
    }
  printf ("Account %s. In your mail program, set the outgoing server:\n",
          ll_text (access, "account"));
  printf ("  server    localhost, port %s\n", list->str);
  printf ("  user name %s\n", ll_text (access, "username"));
  if (*password != '\0')
    printf ("  password  %s   (shown this once)\n", password);
  else
    puts ("  password  as before");
}
