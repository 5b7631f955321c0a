/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/limits.h"
#include "spool/aside.h"

#include "../spool/place.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* What nobody sealed never opens, whatever of it is right; what was sealed opens as it was, if it
 * was text. */

#define ID "0123456789ab"
#define PURPOSE "subject"

static Place place;

static void
clean_up (void)
{
  place_tear_down (&place, NULL);
}

static void
set_up (void)
{
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_unsetenv ("XDG_RUNTIME_DIR");
  place_set_up (&place, NULL);
  atexit (clean_up);
}

/* A real one, with @data written over its begin. */
static void
check_changed (LlAsides *asides, const guint8 *data, gsize size)
{
  g_autoptr (GBytes) sealed = ll_aside_seal (place.store, ID, PURPOSE, "text");
  gsize length;
  const guint8 *real = g_bytes_get_data (sealed, &length);
  g_autofree guint8 *bytes = g_memdup2 (real, length);
  g_autoptr (GBytes) changed = NULL;
  g_autofree char *opened = NULL;

  memcpy (bytes, data, MIN (size, length));
  changed = g_bytes_new (bytes, length);
  opened = ll_asides_open (asides, ID, PURPOSE, changed, NULL);
  g_assert_true ((opened != NULL) == g_bytes_equal (sealed, changed));
}

static void
check_text (LlAsides *asides, const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, LL_ASIDE_MAX));
  g_autoptr (GBytes) sealed = ll_aside_seal (place.store, ID, PURPOSE, text);
  g_autofree char *opened = ll_asides_open (asides, ID, PURPOSE, sealed, NULL);

  g_assert_cmpstr (opened, ==, g_utf8_validate (text, -1, NULL) ? text : NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (LlAsides) asides = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  if (place.store == NULL)
    set_up ();
  asides = ll_asides_new (place.store);
  g_assert_null (ll_asides_open (asides, ID, PURPOSE, bytes, NULL));
  check_changed (asides, data, size);
  check_text (asides, data, size);
  return 0;
}
