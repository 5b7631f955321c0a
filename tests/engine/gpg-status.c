/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/gpg-status.h"

#include <gpgme.h>
#include <string.h>

#define KEY "33A459DE6BE0096D9FAC6534918BCBFBE23A781A"

static LlGpgStatus
read_all (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  LlGpgStatus status = { 0 };

  for (guint i = 0; lines[i] != NULL; i++)
    ll_gpg_status_read (&status, lines[i], strlen (lines[i]));
  return status;
}

/* As gpg 2.2.40 writes them. */
static void
test_locked (void)
{
  LlGpgStatus status = read_all ("[GNUPG:] KEY_CONSIDERED " KEY " 0\n"
                                 "[GNUPG:] BEGIN_ENCRYPTION 2 9\n[GNUPG:] END_ENCRYPTION");

  g_assert_true (status.done);
  g_assert_cmpuint (status.failure, ==, 0);
  g_assert_cmpstr (status.key, ==, "");
}

static void
test_signed (void)
{
  LlGpgStatus status = read_all ("[GNUPG:] BEGIN_SIGNING H10\n"
                                 "[GNUPG:] SIG_CREATED D 22 10 00 1795399811 " KEY);

  g_assert_true (status.done);
  g_assert_cmpuint (status.digest, ==, GPGME_MD_SHA512);
}

static void
test_refused (void)
{
  LlGpgStatus key = read_all ("[GNUPG:] INV_RECP 5 " KEY "\n[GNUPG:] FAILURE encrypt 53\n"
                              "[GNUPG:] FAILURE gpg-exit 33554433");
  LlGpgStatus cancelled = read_all ("[GNUPG:] FAILURE sign-encrypt 83886179\n"
                                    "[GNUPG:] FAILURE gpg-exit 33554433");

  g_assert_cmpstr (key.key, ==, KEY);
  g_assert_cmpstr (read_all ("[GNUPG:] INV_RECP 1 /a b\033/0.key").key, ==, "/a?b?/0.key");
  g_assert_cmpuint (key.reason, ==, 5);
  g_assert_cmpuint (key.failure, ==, GPG_ERR_UNUSABLE_PUBKEY);
  g_assert_false (key.done);
  g_assert_cmpuint (cancelled.failure, ==, GPG_ERR_CANCELED);
}

static void
test_broken (void)
{
  static const char *const lines[] = { "",
                                       "gpg: END_ENCRYPTION",
                                       "[GNUPG:] ",
                                       "[GNUPG:] END_ENCRYPTIONS",
                                       "[GNUPG:] SIG_CREATED D",
                                       "[GNUPG:] FAILURE",
                                       "[GNUPG:] FAILURE encrypt x",
                                       "[GNUPG:] INV_RECP x" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      LlGpgStatus status = read_all (lines[i]);

      g_assert_false (status.done);
      g_assert_cmpuint (status.failure, ==, 0);
      g_assert_cmpstr (status.key, ==, "");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/gpg-status/locked", test_locked);
  g_test_add_func ("/engine/gpg-status/signed", test_signed);
  g_test_add_func ("/engine/gpg-status/refused", test_refused);
  g_test_add_func ("/engine/gpg-status/broken", test_broken);
  return g_test_run ();
}
