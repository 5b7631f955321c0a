/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/outgoing.h"

#include <string.h>

static const char profile[]
    = "user_pref(\"mail.accountmanager.accounts\", \"account1, account2,account3\");\n"
      "user_pref(\"mail.account.account1.identities\", \"id1,id2\");\n"
      "user_pref(\"mail.account.account2.identities\", \"id3\");\n"
      "user_pref(\"mail.identity.id1.useremail\", \"anna@home.example\");\n"
      "user_pref(\"mail.identity.id1.smtpServer\", \"smtp1\");\n"
      "user_pref(\"mail.identity.id2.useremail\", \"Anna@Home.example\");\n"
      "user_pref(\"mail.identity.id2.smtpServer\", \"smtp1\");\n"
      "user_pref(\"mail.identity.id3.useremail\", \"anna@work.example\");\n"
      "user_pref(\"mail.identity.id3.catchAll\", true);\n"
      "user_pref(\"mail.identity.id3.catchAllHint\", \"*@work.example\");\n"
      "user_pref(\"mail.identity.id1.catchAll\", false);\n"
      "user_pref(\"mail.identity.id1.catchAllHint\", \"*@home.example\");\n"
      "user_pref(\"mail.identity.id4.useremail\", \"nobody@orphan.example\");\n"
      "user_pref(\"mail.identity.id4.smtpServer\", \"smtp3\");\n"
      "user_pref(\"mail.smtp.defaultserver\", \"smtp2\");\n"
      "user_pref(\"mail.smtpservers\", \"smtp1,smtp2,smtp3\");\n"
      "user_pref(\"mail.smtpserver.smtp1.hostname\", \"mail.home.example\");\n"
      "user_pref(\"mail.smtpserver.smtp1.port\", 2465);\n"
      "user_pref(\"mail.smtpserver.smtp1.try_ssl\", 3);\n"
      "user_pref(\"mail.smtpserver.smtp1.username\", \"anna\");\n"
      "user_pref(\"mail.smtpserver.smtp2.hostname\", \"mail.work.example\");\n"
      "user_pref(\"mail.smtpserver.smtp2.try_ssl\", 2);\n"
      "user_pref(\"mail.smtpserver.smtp2.authMethod\", 10);\n";

static GPtrArray *
read_servers (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (LlPrefs) prefs = ll_prefs_parse (bytes, NULL);

  g_assert_nonnull (prefs);
  return ll_outgoing_read (prefs);
}

static void
test_servers (void)
{
  g_autoptr (GPtrArray) servers = read_servers (profile);
  const LlOutgoing *home, *work;
  g_autofree char *name = NULL;

  g_assert_cmpuint (servers->len, ==, 2);
  home = g_ptr_array_index (servers, 0);
  work = g_ptr_array_index (servers, 1);
  g_assert_cmpstr (home->host, ==, "mail.home.example");
  g_assert_cmpuint (home->port, ==, 2465);
  g_assert_cmpint (home->security, ==, LL_OUTGOING_TLS);
  g_assert_cmpstr (home->username, ==, "anna");
  g_assert_cmpuint (home->addresses->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (home->addresses, 0), ==, "anna@home.example");
  g_assert_null (ll_outgoing_trouble (home, FALSE));
  g_assert_cmpstr (work->key, ==, "smtp2");
  g_assert_cmpuint (work->port, ==, 587);
  g_assert_cmpstr (g_ptr_array_index (work->addresses, 0), ==, "anna@work.example");
  g_assert_cmpuint (work->addresses->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (work->addresses, 1), ==, "*@work.example");
  g_assert_cmpint (work->auth, ==, LL_OUTGOING_AUTH_OAUTH2);
  g_assert_null (ll_outgoing_trouble (work, FALSE));
  name = ll_outgoing_name (work, "port");
  g_assert_cmpstr (name, ==, "mail.smtpserver.smtp2.port");
}

static const struct
{
  const char *field;
  const char *value;
  gboolean can;
} kinds[] = {
  { "authMethod", "1", TRUE },  { "authMethod", "3", TRUE },   { "authMethod", "4", TRUE },
  { "authMethod", "5", FALSE }, { "authMethod", "6", FALSE },  { "authMethod", "7", FALSE },
  { "type", "\"ews\"", FALSE }, { "hostname", "\"\"", FALSE }, { "port", "0", TRUE },
  { "port", "-1", TRUE },       { "port", "70000", TRUE },     { "try_ssl", "99", TRUE },
};

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *text = g_strdup_printf ("%suser_pref(\"mail.smtpserver.smtp1.%s\", %s);\n",
                                               profile, kinds[i].field, kinds[i].value);
      g_autoptr (GPtrArray) servers = read_servers (text);
      const LlOutgoing *server = g_ptr_array_index (servers, 0);

      g_test_message ("%s %s", kinds[i].field, kinds[i].value);
      g_assert_true ((ll_outgoing_trouble (server, FALSE) == NULL) == kinds[i].can);
      g_assert_cmpuint (server->port, >, 0);
      g_assert_cmpuint (server->port, <, 65536);
    }
}

/* A name that could not be written down for undo. */
static void
test_odd_name (void)
{
  g_autoptr (GPtrArray) servers
      = read_servers ("user_pref(\"mail.accountmanager.accounts\", \"a\");\n"
                      "user_pref(\"mail.account.a.identities\", \"i\");\n"
                      "user_pref(\"mail.identity.i.useremail\", \"a@b\");\n"
                      "user_pref(\"mail.smtp.defaultserver\", \"s]\");\n"
                      "user_pref(\"mail.smtpserver.s].hostname\", \"mail.home.example\");\n");

  g_assert_cmpuint (servers->len, ==, 1);
  g_assert_nonnull (ll_outgoing_trouble (g_ptr_array_index (servers, 0), FALSE));
}

static void
test_none (void)
{
  g_autoptr (GPtrArray) empty = read_servers ("");
  g_autoptr (GPtrArray) only
      = read_servers ("user_pref(\"mail.accountmanager.accounts\", \"account1\");\n"
                      "user_pref(\"mail.account.account1.identities\", \"id1\");\n"
                      "user_pref(\"mail.identity.id1.useremail\", \"a@b\");\n");

  g_assert_cmpuint (empty->len, ==, 0);
  g_assert_cmpuint (only->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outgoing/servers", test_servers);
  g_test_add_func ("/outgoing/kinds", test_kinds);
  g_test_add_func ("/outgoing/none", test_none);
  g_test_add_func ("/outgoing/odd-name", test_odd_name);
  return g_test_run ();
}
