/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/network-options.h"

LlNetworkOptions *
ll_network_options_new (const LlNetworkOptions *options)
{
  LlNetworkOptions *box = g_atomic_rc_box_new0 (LlNetworkOptions);

  *box = *options;
  box->control = (const char *const *) g_strdupv ((GStrv) options->control);
  box->ca_file = g_strdup (options->ca_file);
  return box;
}

static void
clear_options (gpointer data)
{
  LlNetworkOptions *box = data;

  g_strfreev ((GStrv) box->control);
  g_free ((char *) box->ca_file);
}

void
ll_network_options_unref (LlNetworkOptions *box)
{
  g_atomic_rc_box_release_full (box, clear_options);
}
