/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/autoconfig.h"

#include "base/error.h"
#include "base/limits.h"

#include <string.h>

#define HEAD "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"x\">"
#define TAIL "</emailProvider></clientConfig>"
#define SERVER(inner) HEAD "<outgoingServer type=\"smtp\">" inner "</outgoingServer>" TAIL
#define HOST "<hostname>Mail.Example.org</hostname>"
#define TLS "<port>465</port><socketType>SSL</socketType>"
#define AUTH "<authentication>password-cleartext</authentication>"

static const struct
{
  const char *name;
  const char *text;
  const char *expected; /* "host:port tls|starttls auth username"; "" none; NULL must be refused */
} cases[] = {
  { "TLS", SERVER (HOST TLS AUTH), "mail.example.org:465 tls password -" },
  { "STARTTLS", SERVER (HOST "<port>587</port><socketType>STARTTLS</socketType>" AUTH),
    "mail.example.org:587 starttls password -" },
  { "its user name", SERVER (HOST TLS AUTH "<username>%EMAILLOCALPART%.%EMAILDOMAIN%</username>"),
    "mail.example.org:465 tls password anna.home.example" },
  { "the address", SERVER (HOST TLS AUTH "<username>%EMAILADDRESS%</username>"),
    "mail.example.org:465 tls password anna@home.example" },
  { "the first that can be used",
    SERVER (HOST TLS "<authentication>NTLM</authentication>"
                     "<authentication>OAuth2</authentication>" AUTH),
    "mail.example.org:465 tls oauth2 -" },
  { "blanks", SERVER ("<hostname>\n mail.example.org \n</hostname>" TLS AUTH),
    "mail.example.org:465 tls password -" },
  { "comments and CDATA",
    SERVER ("<!-- x --><hostname><![CDATA[mail.example.org]]></hostname>" TLS AUTH),
    "mail.example.org:465 tls password -" },
  { "unknown elements", SERVER (HOST TLS AUTH "<future><port>1</port></future>"),
    "mail.example.org:465 tls password -" },
  { "incoming", HEAD "<incomingServer type=\"imap\">" HOST TLS AUTH "</incomingServer>" TAIL, "" },
  { "not SMTP", HEAD "<outgoingServer type=\"ews\">" HOST TLS AUTH "</outgoingServer>" TAIL, "" },
  { "without TLS", SERVER (HOST "<port>25</port><socketType>plain</socketType>" AUTH), "" },
  { "without a socket type", SERVER (HOST "<port>465</port>" AUTH), "" },
  { "without a port", SERVER (HOST "<socketType>SSL</socketType>" AUTH), "" },
  { "port 0", SERVER (HOST "<port>0</port><socketType>SSL</socketType>" AUTH), "" },
  { "a large port", SERVER (HOST "<port>65536</port><socketType>SSL</socketType>" AUTH), "" },
  { "no port", SERVER (HOST "<port>465x</port><socketType>SSL</socketType>" AUTH), "" },
  { "without a host", SERVER (TLS AUTH), "" },
  { "no host name", SERVER ("<hostname>a b</hostname>" TLS AUTH), "" },
  { "only NTLM", SERVER (HOST TLS "<authentication>NTLM</authentication>"), "" },
  { "too deep", "<x>" SERVER (HOST TLS AUTH) "</x>", "" },
  { "entities of its own",
    "<!DOCTYPE x [<!ENTITY h \"mail.example.org\">]>" SERVER ("<hostname>&h;</hostname>" TLS AUTH),
    NULL },
  { "no end", HEAD "<outgoingServer type=\"smtp\">" HOST, NULL },
  { "not XML", "mail.example.org:465", NULL },
  { "nothing", "", NULL },
};

#define PERMISSION(inner)                                                                          \
  HEAD "<outgoingServer type=\"smtp\">" HOST TLS                                                   \
       "<authentication>OAuth2</authentication></outgoingServer></emailProvider>"                  \
       "<oAuth2>" inner "</oAuth2></clientConfig>"
#define PAGE "<authURL>https://login.example.org/a</authURL>"
#define TOKEN "<tokenURL>https://login.example.org/t</tokenURL>"
#define SCOPE "<scope> smtp offline_access </scope>"

static const struct
{
  const char *name;
  const char *text;
  const char *expected; /* "authorization token scope"; NULL: none */
} permissions[] = {
  { "all of it", PERMISSION ("<issuer>example.org</issuer>" PAGE TOKEN SCOPE),
    "https://login.example.org/a https://login.example.org/t smtp offline_access" },
  { "the first of each",
    PERMISSION (PAGE TOKEN SCOPE "<scope>x</scope><tokenURL>https://other.example/t</tokenURL>"),
    "https://login.example.org/a https://login.example.org/t smtp offline_access" },
  { "no scope", PERMISSION (PAGE TOKEN), NULL },
  { "not https", PERMISSION (PAGE SCOPE "<tokenURL>http://login.example.org/t</tokenURL>"), NULL },
  { "too deep", PERMISSION (PAGE SCOPE "<x>" TOKEN "</x>"), NULL },
  { "of no use to a password",
    HEAD "<outgoingServer type=\"smtp\">" HOST TLS AUTH
         "</outgoingServer></emailProvider><oAuth2>" PAGE TOKEN SCOPE "</oAuth2></clientConfig>",
    NULL },
  { "in a provider",
    HEAD "<oAuth2>" PAGE TOKEN SCOPE "</oAuth2><outgoingServer type=\"smtp\">" HOST TLS
         "<authentication>OAuth2</authentication></outgoingServer>" TAIL,
    NULL },
};

static void
test_permissions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (permissions); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) servers
          = ll_autoconfig_parse (permissions[i].text, strlen (permissions[i].text),
                                 "anna@home.example", &error);
      g_autofree char *said = NULL;
      const LlSubmission *server;

      g_test_message ("%s", permissions[i].name);
      g_assert_no_error (error);
      g_assert_cmpuint (servers->len, ==, 1);
      server = g_ptr_array_index (servers, 0);
      if (server->token_url != NULL)
        said = g_strdup_printf ("%s %s %s", server->authorization_url, server->token_url,
                                server->scope);
      g_assert_cmpstr (said, ==, permissions[i].expected);
    }
}

static char *
in_words (const LlSubmission *server)
{
  return g_strdup_printf ("%s:%u %s %s %s", server->host, server->port,
                          server->tls ? "tls" : "starttls", server->auth,
                          server->username != NULL ? server->username : "-");
}

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) servers = ll_autoconfig_parse (cases[i].text, strlen (cases[i].text),
                                                           "anna@home.example", &error);
      g_autofree char *said = NULL;

      g_test_message ("%s", cases[i].name);
      if (cases[i].expected == NULL)
        {
          g_assert_error (error, LL_CONFIG_ERROR, LL_CONFIG_ERROR_FILE);
          g_assert_null (servers);
          continue;
        }
      g_assert_no_error (error);
      said = servers->len > 0 ? in_words (g_ptr_array_index (servers, 0)) : g_strdup ("");
      g_assert_cmpstr (said, ==, cases[i].expected);
    }
}

static void
test_limits (void)
{
  g_autoptr (GString) many = g_string_new (HEAD);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GPtrArray) none = NULL;

  for (guint i = 0; i < LL_SUBMISSIONS_MAX + 1; i++)
    g_string_append (many, "<outgoingServer type=\"smtp\">" HOST TLS AUTH "</outgoingServer>");
  g_string_append (many, TAIL);
  servers = ll_autoconfig_parse (many->str, many->len, "a@b", NULL);
  g_assert_cmpuint (servers->len, ==, LL_SUBMISSIONS_MAX);
  while (many->len <= LL_AUTOCONFIG_MAX)
    g_string_append (many, "                                                                ");
  none = ll_autoconfig_parse (many->str, many->len, "a@b", NULL);
  g_assert_null (none);
}

/* Whoever answers there writes no sentences of ours. */
static void
test_own_words (void)
{
  g_autofree char *name = g_strnfill (100000, 'x');
  g_autofree char *text = g_strdup_printf ("<a><%s></b>", name);
  g_autoptr (GError) error = NULL;

  g_assert_null (ll_autoconfig_parse (text, strlen (text), "a@b", &error));
  g_assert_cmpstr (error->message, ==, "it is no XML that can be read");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/autoconfig/cases", test_cases);
  g_test_add_func ("/autoconfig/permissions", test_permissions);
  g_test_add_func ("/autoconfig/limits", test_limits);
  g_test_add_func ("/autoconfig/own-words", test_own_words);
  return g_test_run ();
}
