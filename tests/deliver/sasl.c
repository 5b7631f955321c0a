/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which mechanism is chosen; signing in itself is in dial.c, against a server. */

#include "deliver/sasl.h"

static const struct
{
  LlSaslMechanisms offered;
  LlAuth auth;
  const char *mechanism; /* NULL: none fits */
} choices[] = {
  { 0, LL_AUTH_PASSWORD, NULL },
  { LL_SASL_PLAIN, LL_AUTH_PASSWORD, "PLAIN" },
  { LL_SASL_LOGIN, LL_AUTH_PASSWORD, "LOGIN" },
  { LL_SASL_PLAIN | LL_SASL_LOGIN, LL_AUTH_PASSWORD, "PLAIN" },
  { LL_SASL_PLAIN | LL_SASL_SCRAM_SHA_256, LL_AUTH_PASSWORD, "SCRAM-SHA-256" },
  { LL_SASL_SCRAM_SHA_256_PLUS | LL_SASL_LOGIN, LL_AUTH_PASSWORD, "LOGIN" },
  { LL_SASL_OTHER | LL_SASL_XOAUTH2 | LL_SASL_OAUTHBEARER, LL_AUTH_PASSWORD, NULL },
  { LL_SASL_PLAIN | LL_SASL_LOGIN, LL_AUTH_OAUTH2, NULL },
  { LL_SASL_PLAIN | LL_SASL_XOAUTH2, LL_AUTH_OAUTH2, "XOAUTH2" },
  { LL_SASL_XOAUTH2 | LL_SASL_OAUTHBEARER, LL_AUTH_OAUTH2, "OAUTHBEARER" },
  { LL_SASL_EXTERNAL, LL_AUTH_PASSWORD, NULL },
  { LL_SASL_EXTERNAL | LL_SASL_PLAIN, LL_AUTH_CERTIFICATE, "EXTERNAL" },
  { LL_SASL_PLAIN, LL_AUTH_CERTIFICATE, NULL }, /* there is no password to say */
};

static void
test_choose (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    g_assert_cmpstr (ll_sasl_choose (choices[i].offered, choices[i].auth), ==,
                     choices[i].mechanism);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/sasl/choose", test_choose);
  return g_test_run ();
}
