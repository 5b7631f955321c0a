/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which mechanism is chosen; signing in itself is in dial.c, against a server. */

#include "deliver/sasl.h"

static const struct
{
  LlSaslMechanisms offered;
  gboolean certificate;
  const char *mechanism; /* NULL: none fits */
} choices[] = {
  { 0, FALSE, NULL },
  { LL_SASL_PLAIN, FALSE, "PLAIN" },
  { LL_SASL_LOGIN, FALSE, "LOGIN" },
  { LL_SASL_PLAIN | LL_SASL_LOGIN, FALSE, "PLAIN" },
  { LL_SASL_PLAIN | LL_SASL_SCRAM_SHA_256, FALSE, "SCRAM-SHA-256" },
  { LL_SASL_SCRAM_SHA_256_PLUS | LL_SASL_LOGIN, FALSE, "LOGIN" },
  { LL_SASL_OTHER | LL_SASL_XOAUTH2 | LL_SASL_OAUTHBEARER, FALSE, NULL },
  { LL_SASL_EXTERNAL, FALSE, NULL },
  { LL_SASL_EXTERNAL | LL_SASL_PLAIN, TRUE, "EXTERNAL" },
  { LL_SASL_PLAIN, TRUE, NULL }, /* there is no password to say */
};

static void
test_choose (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    g_assert_cmpstr (ll_sasl_choose (choices[i].offered, choices[i].certificate), ==,
                     choices[i].mechanism);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/sasl/choose", test_choose);
  return g_test_run ();
}
