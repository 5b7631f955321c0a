/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real worker with a real gpg in a home of its own. */

#include "engine/worker.h"

#include "base/error.h"

#include "../support/gpg_home.h"

#include <unistd.h>

typedef struct
{
  char *home;
  LlWorker *worker;
} Lab;

static void
set_up (Lab *lab, gconstpointer data)
{
  lab->home = gpg_home_new ();
  gpg_home_generate ("bob@b.example", "1d");
  gpg_home_generate ("Not Bob <notbob@b.example>", "1d");
  lab->worker = ll_worker_new (g_getenv ("LETTERLOCK_TEST_WORKER"));
}

static void
tear_down (Lab *lab, gconstpointer data)
{
  ll_worker_free (lab->worker);
  gpg_home_free (lab->home);
}

static GVariant *
call (Lab *lab, const char *verb, GVariant *arguments, GError **error)
{
  return ll_worker_call (lab->worker, verb, arguments, NULL, 0, ll_deadline_in (60000), NULL,
                         error);
}

static GVariant *
one (const char *key, const char *value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, key, "s", value);
  return g_variant_dict_end (&dict);
}

/* The only key for @address; NULL: there is none. */
static GVariant *
the_key (Lab *lab, const char *verb, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (lab, verb, one ("address", address), &error);
  g_autoptr (GVariant) keys = NULL;

  g_assert_no_error (error);
  keys = g_variant_lookup_value (reply, "keys", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_nonnull (keys);
  g_assert_cmpuint (g_variant_n_children (keys), <=, 1);
  return g_variant_n_children (keys) == 1 ? g_variant_get_child_value (keys, 0) : NULL;
}

static char *
text_of (GVariant *dict, const char *key)
{
  char *text = NULL;

  g_assert_true (g_variant_lookup (dict, key, "s", &text));
  return text;
}

/* K01: never the key of somebody whose address merely contains it. */
static void
test_exact (Lab *lab, gconstpointer data)
{
  g_autoptr (GVariant) bob = the_key (lab, "list", "bob@b.example");
  g_autoptr (GVariant) not_bob = the_key (lab, "list", "notbob@b.example");
  g_autoptr (GVariant) upper = the_key (lab, "list", "BOB@b.example");
  g_autofree char *id = text_of (bob, "user_id");
  g_autofree char *defect = text_of (bob, "defect");

  g_assert_cmpstr (id, ==, "bob@b.example");
  g_assert_cmpstr (defect, ==, "");
  g_assert_nonnull (not_bob);
  g_assert_nonnull (upper);
  g_assert_null (the_key (lab, "list", "ob@b.example"));
  g_assert_null (the_key (lab, "list", "=bob@b.example"));
  g_assert_null (the_key (lab, "list", "@b.example"));
}

/* An open file with @text in it. */
static int
file_with (const char *text)
{
  g_autofree char *name = NULL;
  int fd = g_file_open_tmp (NULL, &name, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_unlink (name);
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize) strlen (text));
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static char *
content_of (int fd)
{
  char buffer[65536];
  gssize n;

  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  n = read (fd, buffer, sizeof buffer - 1);
  g_assert_cmpint (n, >=, 0);
  buffer[n] = '\0';
  return g_memdup2 (buffer, (gsize) n + 1); /* it may hold NULs */
}

static GVariant *
seal (Lab *lab, const char *fingerprint, const char *signer, int in, int out, GError **error)
{
  const char *fingerprints[] = { fingerprint, NULL };
  int fds[2] = { in, out };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "fingerprints", "^as", fingerprints);
  if (signer != NULL)
    g_variant_dict_insert (&dict, "signer", "s", signer);
  return ll_worker_call (lab->worker, "seal", g_variant_dict_end (&dict), fds, 2,
                         ll_deadline_in (60000), NULL, error);
}

static void
test_seal (Lab *lab, gconstpointer data)
{
  g_autoptr (GVariant) bob = the_key (lab, "own", "bob@b.example");
  g_autofree char *fingerprint = text_of (bob, "fingerprint");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *path = g_build_filename (lab->home, "sealed.gpg", NULL);
  g_autofree char *command = g_strdup_printf ("gpg --batch --quiet --decrypt %s", path);
  g_autofree char *sealed = NULL;
  g_autofree char *opened = NULL;
  int in = file_with ("the letter\r\n");
  int out = file_with ("");

  reply = seal (lab, fingerprint, fingerprint, in, out, &error);
  g_assert_no_error (error);
  sealed = content_of (out);
  g_assert_cmpint (sealed[0] & 0x80, !=, 0); /* a packet, not text */
  g_assert_null (memmem (sealed, (gsize) lseek (out, 0, SEEK_END), "the letter", 10));
  g_assert_true (g_file_set_contents (path, sealed, lseek (out, 0, SEEK_END), NULL));
  opened = gpg_run (command, TRUE);
  g_assert_cmpstr (opened, ==, "the letter\r\n");
  close (in);
  close (out);
}

/* A name that an engine would look up is no key. */
static void
test_refuses_names (Lab *lab, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int in = file_with ("the letter");
  int out = file_with ("");

  g_assert_null (seal (lab, "bob@b.example", NULL, in, out, &error));
  g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_BAD_KEY);
  close (in);
  close (out);
}

/* A child that does not answer is ended with all that it started, and the next call works. */
static void
test_deadline (Lab *lab, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) bob = the_key (lab, "list", "bob@b.example");
  g_autofree char *fingerprint = text_of (bob, "fingerprint");
  const char *fingerprints[] = { fingerprint, NULL };
  int pipe_fds[2], fds[2];
  GVariantDict dict;

  g_assert_cmpint (pipe (pipe_fds), ==, 0); /* nothing ever comes through it */
  fds[0] = pipe_fds[0];
  fds[1] = file_with ("");
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "fingerprints", "^as", fingerprints);
  g_assert_null (ll_worker_call (lab->worker, "seal", g_variant_dict_end (&dict), fds, 2,
                                 ll_deadline_in (300), NULL, &error));
  g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_TIMEOUT);
  g_clear_pointer (&bob, g_variant_unref);
  bob = the_key (lab, "list", "bob@b.example");
  g_assert_nonnull (bob);
  close (pipe_fds[0]);
  close (pipe_fds[1]);
  close (fds[1]);
}

static void
test_missing (void)
{
  g_autoptr (LlWorker) worker = ll_worker_new ("/nonexistent/letterlock-worker");
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ll_worker_call (worker, "status", NULL, NULL, 0, ll_deadline_in (1000), NULL, &error));
  g_assert_error (error, LL_ENGINE_ERROR, LL_ENGINE_ERROR_MISSING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/worker/missing", test_missing);
  g_test_add ("/engine/worker/exact", Lab, NULL, set_up, test_exact, tear_down);
  g_test_add ("/engine/worker/seal", Lab, NULL, set_up, test_seal, tear_down);
  g_test_add ("/engine/worker/refuses-names", Lab, NULL, set_up, test_refuses_names, tear_down);
  g_test_add ("/engine/worker/deadline", Lab, NULL, set_up, test_deadline, tear_down);
  return g_test_run ();
}
