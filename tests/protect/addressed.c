/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/addressed.h"

#include "base/error.h"
#include "base/limits.h"
#include "keys/key.h"

#include <string.h>

/* A session key for the key id of eight @octets (RFC 9580 5.1.1), and encrypted data (5.13). */
#define FOR(octet) "\x84\x0c\x03" octet octet octet octet octet octet octet octet "\x01\x00\x00"
#define DATA "\xd2\x03\x01xy"

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
  CASE ("hidden", FOR ("\x00") FOR ("\x22") DATA, "does not name"),
  CASE ("one less", FOR ("\x11") DATA, "all keys"),
  CASE ("one more", FOR ("\x11") FOR ("\x22") FOR ("\x33") DATA, "not asked for"),
  CASE ("hidden and one more", FOR ("\x00") FOR ("\x33") DATA, "not asked for"),
  CASE ("something behind", FOR ("\x11") FOR ("\x22") DATA DATA, "no whole locked letter"),
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

/* @step octets at a time. */
static gboolean
check (const char *packets, gsize length, gsize step, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  LlAddressed addressed;
  gboolean good;

  g_ptr_array_add (keys, key_new ("pgp:1111111111111111", "pgp:1212121212121212"));
  g_ptr_array_add (keys, key_new ("pgp:2222222222222222", NULL));
  ll_addressed_init (&addressed);
  for (gsize at = 0; at < length; at += step)
    ll_addressed_feed (&addressed, (const guint8 *) packets + at, MIN (step, length - at));
  good = ll_addressed_check (&addressed, keys, error);
  ll_addressed_clear (&addressed);
  return good;
}

static void
test_cases (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *refused = cases[i / 2].refused;
      gboolean good
          = check (cases[i / 2].packets, cases[i / 2].length, i % 2 == 0 ? 1 : 1000, &error);

      g_test_message ("%s", cases[i / 2].name);
      g_assert_true (good == (refused == NULL));
      if (refused == NULL)
        continue;
      g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, refused));
    }
}

/* As many as a letter can have recipients, with keys of 4096 bits. */
static void
test_many (void)
{
  static const char lead[] = "\x85\x02\x0c\x03\x11\x11\x11\x11\x11\x11\x11\x11\x01";
  g_autoptr (GByteArray) message = g_byte_array_new ();
  GError *error = NULL;

  for (guint i = 0; i < LL_RECIPIENTS_MAX; i++)
    {
      g_byte_array_append (message, (const guint8 *) lead, sizeof lead - 1);
      g_byte_array_set_size (message, message->len + 0x20c - (sizeof lead - 1 - 3));
    }
  g_byte_array_append (message, (const guint8 *) FOR ("\x22") DATA, sizeof FOR ("\x22") DATA - 1);
  check ((const char *) message->data, message->len, 4096, &error);
  g_assert_no_error (error);
}

/* Wherever a message is cut off, and in whichever form its lengths are, it is no whole letter. */
static void
test_cut (void)
{
  static const char two[] = FOR ("\x11") FOR ("\x22") "\xd2\xc1\x00";
  static const char parts[] = FOR ("\x11") FOR ("\x22") "\xd2\xe1\x01x\xe0y\xc0\x02";
  static const char five[] = FOR ("\x11") FOR ("\x22") "\xd2\xff\x00\x00\x00\x02yz";
  static const char old[] = FOR ("\x11") FOR ("\x22") "\xa5\x00\x01x";
  GByteArray *messages[4];

  messages[0] = g_byte_array_append (g_byte_array_new (), (const guint8 *) two, sizeof two - 1);
  g_byte_array_set_size (messages[0], sizeof two - 1 + 448);
  messages[1] = g_byte_array_append (g_byte_array_new (), (const guint8 *) parts, sizeof parts - 1);
  g_byte_array_set_size (messages[1], sizeof parts - 1 + 194);
  messages[2] = g_byte_array_append (g_byte_array_new (), (const guint8 *) five, sizeof five - 1);
  messages[3] = g_byte_array_append (g_byte_array_new (), (const guint8 *) old, sizeof old - 1);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      const char *bytes = (const char *) messages[i]->data;
      GError *error = NULL;

      check (bytes, messages[i]->len, 7, &error);
      g_assert_no_error (error);
      for (gsize length = 0; length < messages[i]->len; length++)
        g_assert_false (check (bytes, length, 5, NULL));
      g_byte_array_unref (messages[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protect/addressed/cases", test_cases);
  g_test_add_func ("/protect/addressed/many", test_many);
  g_test_add_func ("/protect/addressed/cut", test_cut);
  return g_test_run ();
}
