/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/error.h"
#include "spool/seal.h"
#include "spool/store.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A private spool folder without a keyring, and letters to put into it. */

typedef struct
{
  char *folder;
  LlSecretStore *secrets;
  LlStore *store;
} Place;

/* Before the first thread: no keyring of the machine's own has a part in this. */
static inline void
place_init (int *argc, char ***argv)
{
  g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_unsetenv ("XDG_RUNTIME_DIR");
  g_test_init (argc, argv, NULL);
}

static inline int
place_remove_cb (const char *path, const struct stat *status, int kind, struct FTW *info)
{
  return remove (path);
}

static inline void
place_open (Place *place)
{
  g_autoptr (GError) error = NULL;

  place->store = ll_store_new (place->folder, place->secrets, &error);
  g_assert_no_error (error);
}

/* As after the end of the program: everything in memory is gone. */
static inline void
place_reopen (Place *place)
{
  g_clear_pointer (&place->store, ll_store_free);
  place_open (place);
}

static inline void
place_set_up (Place *place, gconstpointer data)
{
  place->folder = g_dir_make_tmp ("ll-spool-XXXXXX", NULL);
  place->secrets = ll_secret_store_new (place->folder);
  place_open (place);
}

static inline void
place_tear_down (Place *place, gconstpointer data)
{
  ll_store_free (place->store);
  ll_secret_store_free (place->secrets);
  nftw (place->folder, place_remove_cb, 16, FTW_DEPTH | FTW_PHYS);
  g_free (place->folder);
}

static inline void
place_add_recipient (LlLetter *letter, const char *address)
{
  LlRecipient *recipient = g_new0 (LlRecipient, 1);

  recipient->address = g_strdup (address);
  recipient->original = g_strdup (address);
  recipient->domain = g_strdup (strchr (address, '@') + 1);
  g_ptr_array_add (letter->envelope->recipients, recipient);
  g_ptr_array_add (letter->progress, ll_progress_new ());
}

/* Two recipients, both being checked. */
static inline LlLetter *
place_letter (void)
{
  LlLetter *letter = ll_letter_new ();

  letter->received = 1700000000;
  letter->account = g_strdup ("work");
  letter->message_id = g_strdup ("1@a.example");
  letter->envelope = ll_envelope_new ();
  g_free (letter->envelope->sender);
  letter->envelope->sender = g_strdup ("me@a.example");
  place_add_recipient (letter, "one@b.example");
  place_add_recipient (letter, "two@c.example");
  return letter;
}

/* Bytes that differ from place to place. (transfer full) */
static inline char *
place_content (gsize length)
{
  char *content = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    content[i] = (char) (i * 131 + (i >> 8) * 31 + (i >> 16));
  return content;
}

/* Into the spool, in pieces of @step. (transfer full) */
static inline LlLetter *
place_take (Place *place, LlLetter *letter, const char *content, gsize length, gsize step)
{
  g_autoptr (GError) error = NULL;
  LlIntake *intake = ll_store_begin (place->store, &error);

  g_assert_no_error (error);
  for (gsize at = 0; at < length; at += step)
    g_assert_true (ll_intake_write (intake, content + at, MIN (step, length - at), NULL));
  ll_intake_commit (intake, letter, TRUE, &error);
  g_assert_no_error (error);
  return letter;
}

/* One that gets files at once: it is too large for the log. (transfer full) */
static inline LlLetter *
place_take_large (Place *place, LlLetter *letter)
{
  gsize length = LL_SEAL_CHUNK + 1;
  g_autofree char *content = place_content (length);

  return place_take (place, letter, content, length, length);
}

static inline void
place_expect_content (LlReader *reader, const char *content, gsize length)
{
  g_autofree char *got = g_malloc (length + 1);
  gsize at = 0;
  gssize n;

  while ((n = ll_reader_read (reader, got + at, length + 1 - at, NULL)) > 0)
    at += (gsize) n;
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpmem (got, at, content, length);
}

/* How many files lie in one of its folders. */
static inline guint
place_count (Place *place, const char *name)
{
  g_autofree char *path = g_build_filename (place->folder, name, NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static inline char *
place_path (Place *place, const char *id, const char *suffix)
{
  return g_strconcat (place->folder, "/letters/", id, suffix, NULL);
}
