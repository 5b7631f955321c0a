/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "wire/ehlo.h"

static const struct
{
  const char *name;
  const char *text;
  LlEhlo expected;
} cases[] = {
  { "name only", "mail.example", { 0 } },
  { "empty", "", { 0 } },
  { "the name is no keyword", "STARTTLS", { 0 } },
  { "T17 last line", "a\nPIPELINING\nSTARTTLS", { .pipelining = TRUE, .starttls = TRUE } },
  { "T17 lower case", "a\nstarttls", { .starttls = TRUE } },
  { "T17 trailing blank", "a\nSTARTTLS ", { .starttls = TRUE } },
  { "T17 parameter", "a\nSTARTTLS foo", { .starttls = TRUE } },
  { "leading blank", "a\n STARTTLS", { .starttls = TRUE } },
  { "longer keyword", "a\nSTARTTLSX", { 0 } },
  { "T07 overwritten", "a\nXXXXXXXA", { .tampered = TRUE } },
  { "overwritten, all X",
    "a\nXXXXXXXX\nSIZE 10",
    { .tampered = TRUE, .size_offered = TRUE, .size = 10 } },
  { "X-extension is none", "a\nXEXCH50\nXFORWARD NAME\nXXX", { 0 } },
  { "size", "a\nSIZE 35882577", { .size_offered = TRUE, .size = 35882577 } },
  { "size without a number", "a\nSIZE", { .size_offered = TRUE } },
  { "size zero", "a\nSIZE 0", { .size_offered = TRUE } },
  { "size that is none", "a\nSIZE 12k", { .size_offered = TRUE } },
  { "size over everything", "a\nSIZE 99999999999999999999", { .size_offered = TRUE } },
  { "auth", "a\nAUTH PLAIN LOGIN", { .sasl = LL_SASL_PLAIN | LL_SASL_LOGIN } },
  { "auth in its old form", "a\nAUTH=LOGIN PLAIN", { .sasl = LL_SASL_PLAIN | LL_SASL_LOGIN } },
  { "auth without any", "a\nAUTH", { 0 } },
  { "auth others",
    "a\nauth scram-sha-256 SCRAM-SHA-256-PLUS external NTLM",
    { .sasl
      = LL_SASL_SCRAM_SHA_256 | LL_SASL_SCRAM_SHA_256_PLUS | LL_SASL_EXTERNAL | LL_SASL_OTHER } },
  { "not auth", "a\nAUTHX PLAIN", { 0 } },
  { "everything",
    "a\nPIPELINING\n8BITMIME\nSMTPUTF8\nDSN\nCHUNKING\nREQUIRETLS\nENHANCEDSTATUSCODES\n"
    "AUTH XOAUTH2 OAUTHBEARER\nHELP",
    { .pipelining = TRUE,
      .eightbitmime = TRUE,
      .smtputf8 = TRUE,
      .dsn = TRUE,
      .chunking = TRUE,
      .requiretls = TRUE,
      .enhanced = TRUE,
      .sasl = LL_SASL_XOAUTH2 | LL_SASL_OAUTHBEARER } },
  { "empty lines", "a\n\n\nDSN\n", { .dsn = TRUE } },
};

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const LlEhlo *expected = &cases[i].expected;
      LlEhlo ehlo;

      g_test_message ("%s", cases[i].name);
      ll_ehlo_parse (cases[i].text, &ehlo);
      g_assert_true (ehlo.known);
      g_assert_cmpint (ehlo.starttls, ==, expected->starttls);
      g_assert_cmpint (ehlo.pipelining, ==, expected->pipelining);
      g_assert_cmpint (ehlo.eightbitmime, ==, expected->eightbitmime);
      g_assert_cmpint (ehlo.smtputf8, ==, expected->smtputf8);
      g_assert_cmpint (ehlo.dsn, ==, expected->dsn);
      g_assert_cmpint (ehlo.chunking, ==, expected->chunking);
      g_assert_cmpint (ehlo.requiretls, ==, expected->requiretls);
      g_assert_cmpint (ehlo.enhanced, ==, expected->enhanced);
      g_assert_cmpint (ehlo.size_offered, ==, expected->size_offered);
      g_assert_cmpuint (ehlo.size, ==, expected->size);
      g_assert_cmpint (ehlo.sasl, ==, expected->sasl);
      g_assert_cmpint (ehlo.tampered, ==, expected->tampered);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/ehlo/parse", test_parse);
  return g_test_run ();
}
