/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/json.h"
#include "cli/setup.h"

#include <stdio.h>
#include <string.h>

/* For mail programs that are set up by hand: what to type into them, or into their files. */

typedef struct
{
  const char *account; /* the one it is about, or NULL: all */
  gboolean new_password;
  guint port;
  gboolean is_first; /* the account that is being written down now */
} Wish;

/* A way to write down one account. @password: "" where none was made. */
typedef void (*Print) (const Wish *wish, GVariant *account, const char *password);

static void
print_values (const Wish *wish, GVariant *account, const char *password)
{
  printf ("Account %s: in your mail program, set the outgoing server (SMTP) to\n",
          ll_text (account, "account"));
  printf ("  server     localhost\n  port       %u\n  security   SSL/TLS (not STARTTLS)\n"
          "  user name  %s\n",
          wish->port, ll_text (account, "login"));
  if (*password != '\0')
    printf ("  password   %s   (shown this once)\n", password);
  else
    puts ("  password   as it was shown once; --new-password makes another one");
  puts ("If it does not trust the certificate: letterlock account show --ca > letterlock-ca.pem "
        "writes the\nauthority for it to import, which can sign for localhost alone.");
}

static void
print_msmtp (const Wish *wish, GVariant *account, const char *password)
{
  g_autofree const char **addresses = NULL;
  const char *name = ll_text (account, "account");

  g_variant_lookup (account, "addresses", "^a&s", &addresses);
  puts ("# For ~/.msmtprc (mode 0600), after\n"
        "#   letterlock account show --ca > ~/.config/letterlock/ca.pem");
  printf ("account %s\nhost localhost\nport %u\ntls on\ntls_starttls off\n"
          "tls_trust_file ~/.config/letterlock/ca.pem\nauth plain\nuser %s\n",
          name, wish->port, ll_text (account, "login"));
  if (*password != '\0')
    printf ("password %s\n", password);
  else
    puts ("# password: as it was shown once; --new-password makes another one");
  if (addresses != NULL && addresses[0] != NULL && addresses[0][0] != '*')
    printf ("from %s\n", addresses[0]);
  if (wish->is_first)
    printf ("account default : %s\n", name);
}

static gboolean
print_one (const Wish *wish, GVariant *account, Print print, int *status)
{
  const char *name = ll_text (account, "account");
  g_autoptr (GVariant) access = NULL;

  if (wish->new_password)
    {
      access = ll_ask_one ("NewPassword", g_variant_new ("(s)", name), LL_ASK_SHORT, status);
      if (access == NULL)
        return FALSE;
    }
  if (ll_json_wanted)
    {
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
      g_autoptr (GVariant) line = NULL;

      ll_dict_text (&dict, "account", name);
      ll_dict_text (&dict, "server", "localhost");
      g_variant_dict_insert (&dict, "port", "u", wish->port);
      ll_dict_text (&dict, "security", "tls");
      ll_dict_text (&dict, "username", ll_text (account, "login"));
      ll_dict_text (&dict, "password", access != NULL ? ll_text (access, "password") : NULL);
      line = g_variant_ref_sink (g_variant_dict_end (&dict));
      ll_json_print (line, ll_schema_values);
      return TRUE;
    }
  print (wish, account, access != NULL ? ll_text (access, "password") : "");
  return TRUE;
}

static int
print_accounts (Wish *wish, Print print)
{
  g_autoptr (GVariant) accounts = NULL;
  int status = LL_EXIT_YES;
  guint n = 0;

  wish->port = ll_setup_port (&status);
  if (wish->port != 0)
    accounts = ll_ask_one ("ListAccounts", NULL, LL_ASK_SHORT, &status);
  if (accounts == NULL)
    return status;
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);

      if (wish->account != NULL && strcmp (wish->account, ll_text (account, "account")) != 0)
        continue;
      wish->is_first = n++ == 0;
      if (!wish->is_first && !ll_json_wanted)
        puts ("");
      if (!print_one (wish, account, print, &status))
        return status;
    }
  if (n > 0)
    return LL_EXIT_YES;
  if (wish->account != NULL)
    ll_complain ("There is no account \"%s\"", wish->account);
  else
    ll_complain ("There is no account yet; letterlock account add makes one");
  return LL_EXIT_NO;
}

static int
run (const char *command, const char *summary, Print print, int argc, char **argv)
{
  g_autofree char *account = NULL;
  Wish wish = { 0 };
  const GOptionEntry entries[] = {
    { "account", 0, 0, G_OPTION_ARG_STRING, &account, "Only this account", "NAME" },
    { "new-password", 0, 0, G_OPTION_ARG_NONE, &wish.new_password,
      "Make a new local password and show it; the old one ends", NULL },
    { NULL },
  };
  const LlUsage usage = { .command = command, .summary = summary, .entries = entries };
  g_auto (GStrv) left = NULL;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  wish.account = account;
  return print_accounts (&wish, print);
}

int
ll_setup_other_run (int argc, char **argv)
{
  return run ("setup other", "What to type into any other mail program.", print_values, argc, argv);
}

int
ll_setup_msmtp_run (int argc, char **argv)
{
  return run ("setup msmtp", "Lines for ~/.msmtprc.", print_msmtp, argc, argv);
}

int
ll_setup_git_run (int argc, char **argv)
{
  static const LlUsage usage = {
    .command = "setup git",
    .summary = "What lets git send-email submit here, without a password.",
  };
  g_auto (GStrv) left = NULL;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  puts ("git config --global sendemail.sendmailCmd 'letterlock sendmail'");
  return LL_EXIT_YES;
}
