/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"
#include "cli/table.h"

#include <stdio.h>
#include <string.h>

/* account list, show, remove; what changes one is in account-edit.c. */

static char *
joined (GVariant *dict, const char *key)
{
  g_autofree const char **items = NULL;

  if (!g_variant_lookup (dict, key, "^a&s", &items))
    return g_strdup ("");
  return g_strjoinv (" ", (char **) items);
}

static int
list_accounts (int argc, char **argv)
{
  static const char *const heads[]
      = { "account", "addresses", "upstream", "security", "auth", "sign_in", "preset", NULL };
  static const LlUsage usage = { .command = "account list", .summary = "The accounts." };
  g_autoptr (LlTable) table = ll_table_new (heads);
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) accounts = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  accounts = ll_ask_one ("ListAccounts", NULL, LL_ASK_SHORT, &status);
  if (accounts == NULL)
    return status;
  if (ll_json_wanted)
    {
      ll_json_print_list (accounts, ll_schema_account);
      return LL_EXIT_YES;
    }
  for (gsize i = 0; i < g_variant_n_children (accounts); i++)
    {
      g_autoptr (GVariant) account = g_variant_get_child_value (accounts, i);
      g_autofree char *addresses = joined (account, "addresses");

      ll_table_add (table, LL_TONE_STRONG, ll_text (account, "account"));
      ll_table_add (table, LL_TONE_PLAIN, addresses);
      for (guint j = 2; heads[j] != NULL; j++)
        ll_table_add (table, LL_TONE_PLAIN, ll_text (account, heads[j]));
    }
  ll_table_print (table);
  if (ll_table_rows (table) == 0)
    puts ("There is no account yet; letterlock account add makes one.");
  return LL_EXIT_YES;
}

/* "requiretls kept, until 2027-02-20" */
static char *
measured_text (GVariant *measured)
{
  g_autoptr (GString) text = g_string_new (NULL);
  static const char *const keys[] = { "requiretls", "declared" };
  g_autofree char *until = g_strndup (ll_text (measured, "until"), strlen ("2026-11-22"));
  guint32 open = 0;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (*ll_text (measured, keys[i]) != '\0')
      g_string_append_printf (text, "%s %s, ", keys[i], ll_text (measured, keys[i]));
  g_variant_lookup (measured, "open", "u", &open);
  if (open > 0)
    g_string_append_printf (text, "%u without an answer, ", open);
  if (text->len == 0)
    g_string_append (text, "nothing, ");
  if (*until != '\0')
    g_string_append_printf (text, "until %s", until);
  else
    g_string_truncate (text, text->len - 2);
  return g_strdup (text->str);
}

/* "CN=Anna, from CN=Root, valid until 2027-02-20, fingerprint 12ab..." */
static char *
certificate_text (GVariant *certificate)
{
  g_autofree char *until = g_strndup (ll_text (certificate, "expires"), strlen ("2026-11-22"));

  return g_strdup_printf ("%s, from %s, valid until %s, fingerprint %s",
                          ll_text (certificate, "user_id"), ll_text (certificate, "issuer"), until,
                          ll_text (certificate, "fingerprint"));
}

void
ll_account_print (GVariant *account)
{
  for (const LlField *field = ll_schema_account; field->name != NULL; field++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (account, field->name, NULL);
      g_autofree char *text = NULL;
      g_autofree char *clean = NULL;

      if (value == NULL)
        continue;
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
        text = joined (account, field->name);
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        text = g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        text = g_variant_dup_string (value, NULL);
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        text = strcmp (field->name, "own_certificate") == 0 ? certificate_text (value)
                                                            : measured_text (value);
      else
        text = g_variant_print (value, FALSE);
      clean = ll_table_clean (text);
      if (*clean != '\0')
        printf ("%-17s %s\n", field->name, clean);
    }
}

static int
show_authority (void)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) reply = ll_ask ("GetAuthority", NULL, LL_ASK_SHORT, &status);
  const char *pem;

  if (reply == NULL)
    return status;
  g_variant_get (reply, "(&s)", &pem);
  fputs (pem, stdout);
  return LL_EXIT_YES;
}

static int
show_account (int argc, char **argv)
{
  gboolean authority = FALSE;
  const GOptionEntry entries[] = {
    { "ca", 0, 0, G_OPTION_ARG_NONE, &authority,
      "Instead: the certificate that mail programs have to trust, in PEM", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "account show",
    .arguments = "NAME",
    .summary = "One account. Passwords are never shown.",
    .entries = entries,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) account = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (authority != (left[0] == NULL))
    return ll_usage_error ("account show needs a NAME, or --ca alone");
  if (authority)
    return show_authority ();
  account = ll_ask_one ("GetAccount", g_variant_new ("(s)", left[0]), LL_ASK_SHORT, &status);
  if (account == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (account, ll_schema_account);
  else
    ll_account_print (account);
  return LL_EXIT_YES;
}

static int
remove_account (int argc, char **argv)
{
  gboolean force = FALSE;
  const GOptionEntry entries[] = {
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, "Even while letters of it wait", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "account remove",
    .arguments = "NAME",
    .summary = "Remove an account, its passwords too.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (force)
    g_variant_dict_insert (&options, "force", "b", TRUE);
  reply = ll_ask ("RemoveAccount",
                  g_variant_new ("(s@a{sv})", left[0], g_variant_dict_end (&options)), LL_ASK_SHORT,
                  &status);
  return reply != NULL ? LL_EXIT_YES : status;
}

int
ll_account_run (int argc, char **argv)
{
  static const LlCommand verbs[] = {
    { "add", "ADDRESS [--upstream HOST:PORT]", "add an account", ll_account_add_run },
    { "find", "ADDRESS", "what its domain publishes", ll_account_find_run },
    { "list", "", "show all accounts", list_accounts },
    { "show", "NAME", "show one account", show_account },
    { "edit", "NAME [OPTION...]", "change an account", ll_account_edit_run },
    { "login", "NAME [--device]", "sign in with OAuth2", ll_account_login_run },
    { "test", "NAME [--onward]", "connect and sign in, or measure", ll_account_test_run },
    { "remove", "NAME", "remove an account", remove_account },
    { NULL },
  };

  return ll_verbs_run ("account", verbs, argc, argv);
}
