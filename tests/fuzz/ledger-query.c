/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/error.h"
#include "record/report.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/*
 * Queries as they come from the bus, against a real (small) ledger. The input is GVariant
 * text, or behind a 0 byte the serialised form as it travels.
 */

static LlLedger *ledger = NULL;
static char *folder = NULL;

static void
clean_up (void)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  g_clear_pointer (&ledger, ll_ledger_close);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/ledger%s", folder, ends[i]);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

static void
set_up (void)
{
  g_autofree char *path = NULL;

  folder = g_dir_make_tmp ("fuzz-ledger-XXXXXX", NULL);
  path = g_build_filename (folder, "ledger", NULL);
  ledger = ll_ledger_open (path, NULL);
  if (ledger == NULL)
    abort ();
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (LlLetter) letter = ll_letter_new ();
      LlRecipient *recipient = g_new0 (LlRecipient, 1);

      g_free (letter->id);
      letter->id = g_strdup_printf ("7f3a0000000%u", i);
      letter->received = 1700000000 + i;
      letter->account = g_strdup ("office");
      letter->envelope = ll_envelope_new ();
      recipient->address = g_strdup ("ada@bank.lab");
      recipient->domain = g_strdup ("bank.lab");
      g_ptr_array_add (letter->envelope->recipients, recipient);
      g_ptr_array_add (letter->progress, ll_progress_new ());
      ll_ledger_put (ledger, letter, NULL);
    }
  if (!ll_ledger_flush (ledger, NULL))
    abort ();
  atexit (clean_up);
}

static GVariant *
read_input (const uint8_t *data, size_t size)
{
  g_autofree char *text = NULL;
  GVariant *dictionary;

  if (size > 0 && data[0] == 0)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data + 1, size - 1);

      dictionary
          = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
      return dictionary;
    }
  text = g_strndup ((const char *) data, size);
  if (!g_utf8_validate (text, -1, NULL))
    return NULL; /* no such string comes over D-Bus, and g_variant_parse asks for it */
  dictionary = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  return dictionary != NULL ? g_variant_ref_sink (dictionary) : NULL;
}

/* A refusal is one printable sentence; a list is never longer than was asked for. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GVariant) dictionary = read_input (data, size);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  g_autofree char *sheet = NULL;
  guint32 limit = 100;

  if (ledger == NULL)
    set_up ();
  if (dictionary == NULL)
    return 0;
  list = ll_ledger_list_page (ledger, dictionary, &next, &error);
  if ((list == NULL) == (error == NULL) || (list != NULL && next == NULL))
    abort ();
  if (error != NULL
      && (!g_error_matches (error, LL_API_ERROR, LL_API_ERROR_INVALID)
          || strpbrk (error->message, "\n\r\033") != NULL))
    abort ();
  g_variant_lookup (dictionary, "limit", "u", &limit);
  if (list != NULL && g_variant_n_children (list) > limit)
    abort ();
  sheet = ll_report_render (ledger, dictionary, "csv", NULL);
  return 0;
}
