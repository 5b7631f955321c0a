/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The test letters, one group each in a small file. */

#include "deliver/onward.h"

#include "base/file.h"
#include "base/limits.h"

#include <string.h>

#define FILE_NAME "onward"

/* Nobody has more test addresses; the oldest goes. */
#define LETTERS_MAX 100

struct _LlOnwardBook
{
  char *path; /* or NULL */
  GMutex lock;
  GPtrArray *letters; /* of LlOnwardLetter, oldest first */
};

static LlOnwardLetter *
letter_copy (const LlOnwardLetter *letter)
{
  LlOnwardLetter *copy = g_memdup2 (letter, sizeof *letter);

  copy->token = g_strdup (letter->token);
  copy->account = g_strdup (letter->account);
  copy->server = g_strdup (letter->server);
  copy->address = g_strdup (letter->address);
  copy->detail = g_strdup (letter->detail);
  return copy;
}

static LlOnwardOutcome
outcome_of (const char *name)
{
  for (LlOnwardOutcome i = LL_ONWARD_ARRIVED; i <= LL_ONWARD_RETURNED; i++)
    if (g_strcmp0 (name, ll_onward_outcome_name (i)) == 0)
      return i;
  return LL_ONWARD_OPEN;
}

static LlOnwardLetter *
read_letter (GKeyFile *file, const char *token)
{
  LlOnwardLetter *letter = g_new0 (LlOnwardLetter, 1);
  g_autofree char *outcome = g_key_file_get_string (file, token, "outcome", NULL);
  g_autofree char *sight = g_key_file_get_string (file, token, "sight", NULL);

  letter->token = g_strdup (token);
  letter->account = g_key_file_get_string (file, token, "account", NULL);
  letter->server = g_key_file_get_string (file, token, "server", NULL);
  letter->address = g_key_file_get_string (file, token, "address", NULL);
  letter->detail = g_key_file_get_string (file, token, "detail", NULL);
  letter->requiretls = g_key_file_get_boolean (file, token, "requiretls", NULL);
  letter->sent = g_key_file_get_int64 (file, token, "sent", NULL);
  letter->settled = g_key_file_get_int64 (file, token, "settled", NULL);
  letter->outcome = outcome_of (outcome);
  letter->sight = LL_EVIDENCE_UNKNOWN;
  if (g_strcmp0 (sight, ll_evidence_name (LL_EVIDENCE_PLAIN)) == 0)
    letter->sight = LL_EVIDENCE_PLAIN;
  else if (g_strcmp0 (sight, ll_evidence_name (LL_EVIDENCE_OPP)) == 0)
    letter->sight = LL_EVIDENCE_OPP;
  if (letter->account != NULL && letter->server != NULL && letter->address != NULL)
    return letter;
  ll_onward_letter_free (letter);
  return NULL;
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  const LlOnwardLetter *left = *(const LlOnwardLetter *const *) a;
  const LlOnwardLetter *right = *(const LlOnwardLetter *const *) b;

  return left->sent < right->sent ? -1 : left->sent > right->sent;
}

LlOnwardBook *
ll_onward_book_new (const char *folder)
{
  LlOnwardBook *book = g_new0 (LlOnwardBook, 1);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) tokens = NULL;

  ll_onward_start ();
  g_mutex_init (&book->lock);
  book->letters = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_onward_letter_free);
  if (folder != NULL)
    book->path = g_build_filename (folder, FILE_NAME, NULL);
  if (book->path != NULL)
    g_key_file_load_from_file (file, book->path, G_KEY_FILE_NONE, NULL);
  tokens = g_key_file_get_groups (file, NULL);
  for (guint i = 0; tokens[i] != NULL; i++)
    {
      LlOnwardLetter *letter = read_letter (file, tokens[i]);

      if (letter != NULL)
        g_ptr_array_add (book->letters, letter);
    }
  g_ptr_array_sort (book->letters, compare_cb);
  return book;
}

void
ll_onward_book_free (LlOnwardBook *book)
{
  if (book == NULL)
    return;
  g_ptr_array_unref (book->letters);
  g_mutex_clear (&book->lock);
  g_free (book->path);
  g_free (book);
}

/* With the lock held. */
static gboolean
save (LlOnwardBook *book, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (book->path == NULL)
    return TRUE;
  for (guint i = 0; i < book->letters->len; i++)
    {
      const LlOnwardLetter *letter = g_ptr_array_index (book->letters, i);

      g_key_file_set_string (file, letter->token, "account", letter->account);
      g_key_file_set_string (file, letter->token, "server", letter->server);
      g_key_file_set_string (file, letter->token, "address", letter->address);
      g_key_file_set_string (file, letter->token, "sight", ll_evidence_name (letter->sight));
      g_key_file_set_boolean (file, letter->token, "requiretls", letter->requiretls);
      g_key_file_set_int64 (file, letter->token, "sent", letter->sent);
      g_key_file_set_int64 (file, letter->token, "settled", letter->settled);
      g_key_file_set_string (file, letter->token, "outcome",
                             ll_onward_outcome_name (letter->outcome));
      if (letter->detail != NULL)
        g_key_file_set_string (file, letter->token, "detail", letter->detail);
    }
  text = g_key_file_to_data (file, &length, NULL);
  return ll_file_replace (book->path, text, length, error);
}

static gboolean
is_same_question (const LlOnwardLetter *a, const LlOnwardLetter *b)
{
  return a->requiretls == b->requiretls && strcmp (a->account, b->account) == 0
         && strcmp (a->server, b->server) == 0 && strcmp (a->address, b->address) == 0;
}

gboolean
ll_onward_book_put (LlOnwardBook *book, LlOnwardLetter *letter, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&book->lock);

  for (guint i = book->letters->len; i > 0; i--)
    {
      const LlOnwardLetter *old = g_ptr_array_index (book->letters, i - 1);

      if (is_same_question (old, letter) || letter->sent - old->sent > LL_ONWARD_SECONDS)
        g_ptr_array_remove_index (book->letters, i - 1);
    }
  if (book->letters->len >= LETTERS_MAX)
    g_ptr_array_remove_index (book->letters, 0);
  g_ptr_array_add (book->letters, letter);
  return save (book, error);
}

void
ll_onward_book_settle (LlOnwardBook *book,
                       const char *token,
                       LlOnwardOutcome outcome,
                       const char *detail)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&book->lock);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < book->letters->len; i++)
    {
      LlOnwardLetter *letter = g_ptr_array_index (book->letters, i);

      if (strcmp (letter->token, token) != 0)
        continue;
      letter->outcome = outcome;
      letter->settled = g_get_real_time () / G_USEC_PER_SEC;
      g_free (letter->detail);
      letter->detail = g_strdup (detail);
    }
  if (!save (book, &error))
    g_warning ("what was measured cannot be kept: %s", error->message);
}

GPtrArray *
ll_onward_book_letters (LlOnwardBook *book, const LlAccount *account)
{
  g_autofree char *server = ll_onward_server (account);
  GPtrArray *letters = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_onward_letter_free);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&book->lock);

  for (guint i = 0; i < book->letters->len; i++)
    {
      const LlOnwardLetter *letter = g_ptr_array_index (book->letters, i);

      if (strcmp (letter->account, account->name) == 0 && strcmp (letter->server, server) == 0)
        g_ptr_array_add (letters, letter_copy (letter));
    }
  return letters;
}

LlOnward
ll_onward_book_judge (LlOnwardBook *book, const LlAccount *account, gint64 now)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&book->lock);

  if (book->letters->len == 0) /* nearly always, and every letter asks */
    return (LlOnward){ LL_KEPT_UNKNOWN, LL_KEPT_UNKNOWN, FALSE, 0, 0 };
  return ll_onward_judge (book->letters, account, now);
}
