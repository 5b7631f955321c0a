/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Letters that are locked here are opened by gpg itself. */

#include "protect/pgp.h"

#include "base/error.h"

#include "../support/gpg_home.h"

#define LETTER                                                                                     \
  "From: ann@a.example\r\n"                                                                        \
  "To: bob@b.example\r\n"                                                                          \
  "Subject: Blood count\r\n"                                                                       \
  "Content-Type: text/plain; charset=utf-8\r\n"                                                    \
  "\r\n"                                                                                           \
  "From here on \r\n\r\n.bytes stay, \xc3\xa4 too\r\n"

typedef struct
{
  char *home;
  LlWorker *worker;
  GString *sealed;
} Lab;

static void
set_up (Lab *lab, gconstpointer data)
{
  lab->home = gpg_home_new ();
  gpg_home_generate ("ann@a.example", "1d");
  gpg_home_generate ("bob@b.example", "1d");
  lab->worker = ll_worker_new (g_getenv ("LETTERLOCK_TEST_WORKER"));
  lab->sealed = g_string_new (NULL);
}

static void
tear_down (Lab *lab, gconstpointer data)
{
  ll_worker_free (lab->worker);
  g_string_free (lab->sealed, TRUE);
  gpg_home_free (lab->home);
}

static LlKey *
key_of (Lab *lab, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) keys = NULL;
  g_autoptr (GVariant) first = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", address);
  reply = ll_worker_call (lab->worker, "list", g_variant_dict_end (&dict), NULL, 0,
                          ll_deadline_in (60000), NULL, &error);
  g_assert_no_error (error);
  keys = g_variant_lookup_value (reply, "keys", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (keys), ==, 1);
  first = g_variant_get_child_value (keys, 0);
  return ll_key_from_engine (first, LL_KEY_SOURCE_GNUPG);
}

static gssize
pull (gpointer data, void *bytes, gsize length, GError **error)
{
  return g_input_stream_read (data, bytes, length, NULL, error);
}

static gboolean
sink (const void *bytes, gsize length, gpointer data, GError **error)
{
  Lab *lab = data;

  if (lab->sealed->len + length > 4 * 1024 * 1024)
    {
      g_set_error_literal (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL, "no room");
      return FALSE;
    }
  g_string_append_len (lab->sealed, bytes, (gssize) length);
  return TRUE;
}

static gboolean
seal (
    Lab *lab, const char *letter, gsize length, GPtrArray *keys, const char *signer, GError **error)
{
  static const char *const tags[] = { NULL };
  g_autoptr (GInputStream) stream
      = g_memory_input_stream_new_from_data (letter, (gssize) length, NULL);
  g_autoptr (LlMessageFacts) facts = ll_message_inspect (letter, length, tags, NULL);
  LlSurgeryOptions options
      = { signer != NULL ? LL_HEADER_PROTECTION_CIPHER : LL_HEADER_PROTECTION_OLD, "[...]", NULL };
  g_autoptr (LlSurgery) surgery
      = ll_surgery_new (letter, (gsize) facts->header_length, facts->edits, &options, NULL);
  g_autoptr (LlInner) inner = ll_inner_new (pull, stream, surgery, NULL);
  LlPgpLock lock = { keys, signer, FALSE, FALSE, surgery->outer };

  return ll_pgp_seal (lab->worker, &lock, inner, sink, lab, ll_deadline_in (60000), NULL, error);
}

/* What gpg finds in the second part. */
static char *
open_sealed (Lab *lab)
{
  const char *start = strstr (lab->sealed->str, "-----BEGIN PGP MESSAGE-----");
  g_autofree char *path = g_build_filename (lab->home, "sealed.asc", NULL);
  g_autofree char *command = g_strdup_printf ("gpg --batch --quiet --decrypt %s", path);

  g_assert_nonnull (start);
  g_assert_true (g_file_set_contents (path, start, -1, NULL));
  return gpg_run (command, TRUE);
}

static void
test_opens (Lab *lab, gconstpointer data)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *opened = NULL;
  LlKey *ann = key_of (lab, "ann@a.example");

  g_ptr_array_add (keys, ann);
  g_ptr_array_add (keys, key_of (lab, "bob@b.example"));
  seal (lab, LETTER, strlen (LETTER), keys, ann->fingerprint, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (lab->sealed->str, "Blood"));
  g_assert_nonnull (strstr (lab->sealed->str, "\r\nSubject: [...]\r\n"));
  opened = open_sealed (lab);
  g_assert_true (g_str_has_prefix (opened, "HP-Outer: From: ann@a.example\r\n"));
  g_assert_nonnull (strstr (opened, "\r\nSubject: Blood count\r\n"));
  g_assert_true (
      g_str_has_suffix (opened, "\r\n\r\nFrom here on \r\n\r\n.bytes stay, \xc3\xa4 too\r\n"));
}

/* P10: nothing but CRLF, 7 bit, short lines. */
static void
test_form (Lab *lab, gconstpointer data)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autoptr (GError) error = NULL;
  gsize line = 0;

  g_ptr_array_add (keys, key_of (lab, "bob@b.example"));
  seal (lab, LETTER, strlen (LETTER), keys, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < lab->sealed->len; i++)
    {
      char byte = lab->sealed->str[i];

      g_assert_cmpint (byte & 0x80, ==, 0);
      if (byte == '\n')
        g_assert_cmpint (lab->sealed->str[i - 1], ==, '\r');
      line = byte == '\n' ? 0 : line + 1;
      g_assert_cmpuint (line, <=, 78);
    }
  g_assert_true (g_str_has_suffix (lab->sealed->str, "--\r\n"));
}

/* A sink that is full ends the work, and its reason is the one that is told. */
static void
test_full (Lab *lab, gconstpointer data)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_key_unref);
  g_autoptr (GError) error = NULL;
  gsize length = 6 * 1024 * 1024;
  g_autofree char *letter = g_malloc (length);

  memset (letter, 'a', length);
  memcpy (letter, "Subject: x\r\n\r\n", 14);
  g_ptr_array_add (keys, key_of (lab, "bob@b.example"));
  g_assert_false (seal (lab, letter, length, keys, NULL, &error));
  g_assert_error (error, LL_STORE_ERROR, LL_STORE_ERROR_FULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/protect/pgp/opens", Lab, NULL, set_up, test_opens, tear_down);
  g_test_add ("/protect/pgp/form", Lab, NULL, set_up, test_form, tear_down);
  g_test_add ("/protect/pgp/full", Lab, NULL, set_up, test_full, tear_down);
  return g_test_run ();
}
