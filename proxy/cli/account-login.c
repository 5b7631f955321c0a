/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"
#include "cli/table.h"

#include <gio/gio.h>
#include <stdio.h>

/* account login: the user signs in at the provider, in his browser or on another device. */

/* The daemon gives up after ten minutes, and says so. */
#define LOGIN_TIMEOUT (11 * 60 * 1000)

typedef struct
{
  gboolean browser; /* may be opened */
} Login;

/* The address comes from a server: only what a browser is for is handed to one. */
static gboolean
open_browser (const char *address)
{
  return g_str_has_prefix (address, "https://")
         && g_app_info_launch_default_for_uri (address, NULL, NULL);
}

static void
progress_cb (const char *name, GVariant *arguments, gpointer data)
{
  const Login *login = data;
  g_autoptr (GVariant) step = NULL;
  g_autofree char *url = NULL;
  g_autofree char *code = NULL;

  g_variant_get (arguments, "(u@a{sv})", NULL, &step);
  url = ll_table_clean (ll_text (step, "url"));
  code = ll_table_clean (ll_text (step, "code"));
  if (ll_json_wanted)
    ll_json_print (step, ll_schema_login);
  else if (*code != '\0')
    printf ("On any device, open\n  %s\nand type the code\n  %s\n", url, code);
  else if (login->browser && open_browser (url))
    printf ("Sign in in your browser. If it did not open, open there\n  %s\n", url);
  else
    printf ("In a browser on this machine, open\n  %s\n", url);
  fflush (stdout);
}

GVariant *
ll_account_sign_in (const char *name, const LlSignInWay *way, int *status)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  Login login = { .browser = !way->no_browser && !ll_json_wanted };

  if (way->device)
    g_variant_dict_insert (&options, "device", "b", TRUE);
  return ll_account_follow ("SignIn",
                            g_variant_new ("(su@a{sv})", name, 1, g_variant_dict_end (&options)),
                            "SignInProgress", progress_cb, &login, LOGIN_TIMEOUT, status);
}

int
ll_account_login_run (int argc, char **argv)
{
  LlSignInWay way = { 0 };
  const GOptionEntry entries[] = { LL_SIGN_IN_WAY (way), { NULL } };
  const LlUsage usage = {
    .command = "account login",
    .arguments = "NAME",
    .summary = "Sign in at the provider with OAuth2; waits until it is done.",
    .more = "The permission goes into your keyring, and is renewed by itself. What waits for it "
            "goes\nat once.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) result = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  result = ll_account_sign_in (left[0], &way, &status);
  if (result == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (result, ll_schema_login);
  else
    printf ("Signed in. letterlock account test %s tries it at the mail server.\n", left[0]);
  return LL_EXIT_YES;
}
