/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/addressed.h"

#include "base/error.h"
#include "keys/key.h"

#include <string.h>

/* A session key for the key id of eight @octets (RFC 9580 5.1.1), and encrypted data (5.13). */
#define FOR(octet) "\x84\x0c\x03" octet octet octet octet octet octet octet octet "\x01\x00\x00"
#define DATA "\xd2\x03\x01xy"

#define BEGIN "-----BEGIN PGP MESSAGE-----\n\n"
#define END "-----END PGP MESSAGE-----\n"

static const struct
{
  const char *name;
  const char *packets;
  gsize length;
  const char *refused; /* NULL: it is as asked for */
} cases[] = {
#define CASE(name, packets, refused)                                                               \
  {                                                                                                \
    name, packets, sizeof packets - 1, refused                                                     \
  }
  CASE ("both", FOR ("\x11") FOR ("\x22") DATA, NULL),
  CASE ("other order", FOR ("\x22") FOR ("\x11") DATA, NULL),
  CASE ("two of one key", FOR ("\x11") FOR ("\x12") FOR ("\x22") DATA, NULL),
  CASE ("hidden", FOR ("\x00") FOR ("\x22") DATA, NULL),
  CASE ("one less", FOR ("\x11") DATA, "all keys"),
  CASE ("one more", FOR ("\x11") FOR ("\x22") FOR ("\x33") DATA, "not asked for"),
  CASE ("hidden and one more", FOR ("\x00") FOR ("\x33") DATA, "not asked for"),
  CASE ("another", FOR ("\x33") DATA, "not asked for"),
  CASE ("literal", "\xcb\x0cb\x00\x00\x00\x00\x00secret", "no whole locked letter"),
  CASE ("nothing", "", "no whole locked letter"),
};

static LlKey *
key_new (const char *first, const char *second)
{
  LlKey *key = ll_key_new (LL_METHOD_PGP, LL_KEY_SOURCE_GNUPG);
  const char *ids[] = { first, second, NULL };

  g_strfreev (key->ids);
  key->ids = g_strdupv ((char **) ids);
  return key;
}

static gboolean
check (const char *text, gsize length, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  LlArmour armour;
  gboolean good;

  g_ptr_array_add (keys, key_new ("pgp:1111111111111111", "pgp:1212121212121212"));
  g_ptr_array_add (keys, key_new ("pgp:2222222222222222", NULL));
  ll_armour_init (&armour, FALSE);
  ll_armour_feed (&armour, text, length);
  good = ll_addressed_check (&armour, keys, error);
  ll_armour_clear (&armour);
  return good;
}

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *base64
          = g_base64_encode ((const guint8 *) cases[i].packets, cases[i].length);
      g_autofree char *text = g_strdup_printf (BEGIN "%s\n" END, base64);
      g_autoptr (GError) error = NULL;
      gboolean good = check (text, strlen (text), &error);

      g_test_message ("%s", cases[i].name);
      if (cases[i].refused == NULL)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED);
          g_assert_nonnull (strstr (error->message, cases[i].refused));
        }
      g_assert_true (good == (cases[i].refused == NULL));
    }
}

/* Wherever armour is cut off, it is no whole letter. */
static void
test_cut (void)
{
  static const char packets[] = FOR ("\x11") FOR ("\x22") DATA;
  g_autofree char *base64 = g_base64_encode ((const guint8 *) packets, sizeof packets - 1);
  g_autofree char *text = g_strdup_printf (BEGIN "%s\n" END, base64);

  g_assert_true (check (text, strlen (text) - 1, NULL));
  for (gsize length = 0; length < strlen (text) - 1; length++)
    g_assert_false (check (text, length, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protect/addressed/cases", test_cases);
  g_test_add_func ("/protect/addressed/cut", test_cut);
  return g_test_run ();
}
