/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "bus/options.h"
#include "config/account.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/*
 * An account as somebody sends it over the bus, in GVariant text. What is taken can be
 * shown, and what is shown can be sent back and changes nothing.
 */

static char *folder = NULL;
static char *path = NULL;

static void
clean_up (void)
{
  g_unlink (path);
  g_rmdir (folder);
  g_clear_pointer (&path, g_free);
  g_clear_pointer (&folder, g_free);
}

static void
set_up (void)
{
  folder = g_dir_make_tmp ("fuzz-settings-XXXXXX", NULL);
  path = g_build_filename (folder, "letterlock.conf", NULL);
  atexit (clean_up);
}

/* FALSE: refused, in one printable line. */
static gboolean
save (GVariant *settings)
{
  static const char *const except[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) changes = ll_bus_options_changes (settings, "account", except, &error);

  if (changes != NULL && changes->len > 0)
    ll_config_edit ("/nonexistent", path, "account work",
                    (const LlConfigChange *) (const void *) changes->data, changes->len, &error);
  else if (changes != NULL)
    return FALSE;
  if (error != NULL)
    {
      g_assert_true (error->domain == LL_API_ERROR || error->domain == LL_CONFIG_ERROR);
      g_assert_null (strpbrk (error->message, "\n\r\033"));
    }
  return error == NULL;
}

/* (transfer full) */
static GVariant *
show (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LlConfig) config = ll_config_load ("/nonexistent", path, &error);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  g_assert_no_error (error);
  g_assert_nonnull (ll_config_account (config, "work"));
  ll_bus_options_add (&dict, "account", ll_config_account (config, "work"));
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GVariant) settings = NULL;
  g_autoptr (GVariant) shown = NULL;
  g_autoptr (GVariant) again = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return 0; /* no such string comes over D-Bus */
  settings = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  if (settings == NULL)
    return 0;
  if (path == NULL)
    set_up ();
  g_unlink (path);
  if (!save (settings))
    return 0;
  shown = show ();
  g_assert_true (save (shown));
  again = show ();
  g_assert_true (g_variant_equal (shown, again));
  return 0;
}
