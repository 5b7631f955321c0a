/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/hiding.h"

#define AUTO LL_SUBJECT_AUTO
#define HIDE LL_SUBJECT_HIDE
#define KEEP LL_SUBJECT_KEEP
#define PGP LL_METHOD_PGP
#define SMIME LL_METHOD_SMIME

static const struct
{
  LlSubject contact, setting;
  LlMethod method;
  gboolean way_holds;
  gboolean hidden;
} cases[] = {
  /* the way is the reason: hidden in every method, whatever the setting says */
  { AUTO, AUTO, PGP, FALSE, TRUE },
  { AUTO, AUTO, SMIME, FALSE, TRUE },
  { AUTO, KEEP, PGP, FALSE, TRUE },
  { AUTO, KEEP, SMIME, FALSE, TRUE },
  { AUTO, AUTO, LL_METHOD_ESCROW, FALSE, TRUE },
  /* ... unless the user said so for this contact */
  { KEEP, AUTO, PGP, FALSE, FALSE },
  { KEEP, HIDE, SMIME, FALSE, FALSE },
  /* the way would do */
  { AUTO, AUTO, PGP, TRUE, TRUE },
  { AUTO, AUTO, SMIME, TRUE, FALSE },
  { AUTO, HIDE, SMIME, TRUE, TRUE },
  { AUTO, KEEP, PGP, TRUE, FALSE },
  { HIDE, KEEP, SMIME, TRUE, TRUE },
  { KEEP, HIDE, PGP, TRUE, FALSE },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_cmpint (ll_policy_hides_subject (cases[i].contact, cases[i].setting, cases[i].method,
                                                cases[i].way_holds),
                       ==, cases[i].hidden);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hiding/table", test_table);
  return g_test_run ();
}
