/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/json.h"
#include "cli/setup.h"
#include "setup/profiles.h"
#include "setup/thunderbird.h"

#include <stdio.h>
#include <string.h>

/*
 * setup thunderbird: shows what it would do, is told to, makes the accounts, and only then changes
 * the profile.
 */

/* One outgoing server on its way to Letterlock. */
typedef struct
{
  const LlOutgoing *server;
  LlSetupUpstream upstream;
  LlSecret *password; /* at the provider; NULL: not needed, or in the account already */
  GVariant *account;  /* the one that is there already; or NULL */
  GVariant *access;
} Way;

typedef struct
{
  LlThunderbird *thunderbird;
  GPtrArray *ways; /* of Way */
  GVariant *accounts;
  guint port;
  gboolean stdin_lines;
} Job;

static void
way_free (Way *way)
{
  g_free (way->upstream.upstream);
  ll_secret_free (way->password);
  g_clear_pointer (&way->account, g_variant_unref);
  g_clear_pointer (&way->access, g_variant_unref);
  g_free (way);
}

static void
job_clear (Job *job)
{
  g_clear_pointer (&job->ways, g_ptr_array_unref);
  g_clear_pointer (&job->thunderbird, ll_thunderbird_free);
  g_clear_pointer (&job->accounts, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

/* -- which profile --------------------------------------------------------- */

static void
list_profiles (GPtrArray *profiles)
{
  for (guint i = 0; i < profiles->len; i++)
    {
      const LlProfile *profile = g_ptr_array_index (profiles, i);

      fprintf (stderr, "  letterlock setup thunderbird --profile '%s'%s%s\n", profile->path,
               profile->package != NULL ? "   # " : "",
               profile->package != NULL ? profile->package : "");
    }
}

/* The one that Thunderbird starts with; NULL: *status, with a sentence. (transfer full) */
static char *
choose_profile (int *status)
{
  g_autoptr (GPtrArray) profiles = ll_profiles_find (g_get_home_dir ());
  const LlProfile *chosen = NULL;
  guint n = 0;

  for (guint i = 0; i < profiles->len; i++)
    {
      const LlProfile *profile = g_ptr_array_index (profiles, i);

      n += profile->is_default ? 1 : 0;
      chosen = profile->is_default ? profile : chosen;
    }
  if (n == 1)
    return g_strdup (chosen->path);
  *status = LL_EXIT_NO;
  if (profiles->len == 0)
    ll_complain ("There is no profile of Thunderbird here: start it once and add your account, or "
                 "name one with --profile DIR");
  else
    ll_complain ("There are %u profiles of Thunderbird; choose one:", profiles->len);
  list_profiles (profiles);
  return NULL;
}

/* -- what there is to do --------------------------------------------------- */

static Way *
way_new (const Job *job, LlOutgoing *server)
{
  Way *way = g_new0 (Way, 1);

  way->server = server;
  g_ptr_array_add (server->addresses, NULL);
  way->upstream.addresses = (const char *const *) server->addresses->pdata;
  way->upstream.upstream = g_strdup_printf ("%s:%u", server->host, server->port);
  way->upstream.security = server->security == LL_OUTGOING_TLS ? "tls" : "starttls";
  way->upstream.auth = server->auth == LL_OUTGOING_AUTH_NONE ? "none" : "password";
  way->upstream.username = server->username;
  way->account = ll_setup_account_find (job->accounts, &way->upstream);
  return way;
}

/* How an account that is there signs in at the provider is its own business. */
static const char *
trouble_of (const LlOutgoing *server, const Way *way)
{
  if (ll_setup_is_here (server->host))
    return "it is on this computer already";
  return ll_outgoing_trouble (server, way->account != NULL);
}

static void
find_ways (Job *job)
{
  GPtrArray *servers = ll_thunderbird_servers (job->thunderbird);

  job->ways = g_ptr_array_new_with_free_func ((GDestroyNotify) way_free);
  for (guint i = 0; i < servers->len; i++)
    {
      LlOutgoing *server = g_ptr_array_index (servers, i);
      Way *way = way_new (job, server);
      const char *trouble = trouble_of (server, way);

      if (trouble == NULL)
        {
          g_ptr_array_add (job->ways, way);
          continue;
        }
      ll_complain ("%s stays as it is: %s", server->host, trouble);
      way_free (way);
    }
}

static void
show_way (const Job *job, const Way *way)
{
  g_autofree char *addresses = g_strjoinv (", ", (GStrv) way->upstream.addresses);

  printf ("  %s\n", addresses);
  printf ("    now      %s as %s\n", way->upstream.upstream,
          *way->server->username != '\0' ? way->server->username : "nobody");
  printf ("    then     localhost:%u, from where Letterlock sends on to %s with verified TLS\n",
          job->port, way->upstream.upstream);
  if (way->server->security < LL_OUTGOING_STARTTLS)
    puts ("             Thunderbird did not insist on encryption there; Letterlock does");
  if (way->account != NULL)
    printf ("    account  %s, which is there; it gets a new local password, and other programs "
            "that use it need that, too\n",
            ll_text (way->account, "account"));
}

static void
show_plan (const Job *job, const char *profile)
{
  printf ("Thunderbird's profile %s:\n", profile);
  for (guint i = 0; i < job->ways->len; i++)
    show_way (job, g_ptr_array_index (job->ways, i));
  puts (
      "Changed in it: server, port, security, authentication and user name of each server above; "
      "a saved\npassword for Letterlock; and its authority, which can sign for localhost alone, "
      "is trusted.\n"
      "The provider's password is copied into Letterlock's keyring where Thunderbird has it, "
      "else asked for.\n"
      "Not covered: letters from other devices and from webmail do not come by here, and the "
      "copies in\nSent and Drafts are stored by Thunderbird as before, unlocked.\n"
      "letterlock undo gives the profile back as it was. The accounts made for it stay, with the\n"
      "password copied for them; letterlock account remove takes them away.");
}

/* -- passwords ------------------------------------------------------------- */

static gboolean
unlock (const Job *job, int *status)
{
  g_autoptr (LlSecret) primary = NULL;
  GError *error = NULL;

  if (!ll_thunderbird_is_locked (job->thunderbird))
    return TRUE;
  primary = ll_setup_ask ("Thunderbird's primary password: ", job->stdin_lines, "--password-stdin",
                          status);
  if (primary == NULL)
    return FALSE;
  if (ll_thunderbird_unlock (job->thunderbird, primary, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

/* An account that is there keeps the password it has, unless Thunderbird knows one. */
static gboolean
find_password (const Job *job, Way *way, int *status)
{
  g_autofree char *prompt = NULL;
  GError *error = NULL;

  if (way->server->auth == LL_OUTGOING_AUTH_NONE || way->server->auth == LL_OUTGOING_AUTH_OAUTH2
      || ll_setup_account_has_other_secret (way->account))
    return TRUE;
  way->password = ll_thunderbird_password (job->thunderbird, way->server, &error);
  if (error != NULL)
    {
      *status = ll_fail (error);
      return FALSE;
    }
  if (way->password != NULL || way->account != NULL)
    return TRUE;
  prompt = g_strdup_printf ("Password of %s at %s: ",
                            *way->server->username != '\0' ? way->server->username
                                                           : way->upstream.addresses[0],
                            way->server->host);
  way->password = ll_setup_ask (prompt, job->stdin_lines, "--password-stdin", status);
  return way->password != NULL;
}

/* -- doing it -------------------------------------------------------------- */

static gboolean
point (const Job *job, const Way *way, int *status)
{
  const char *text = ll_text (way->access, "password");
  g_autoptr (LlSecret) password = ll_secret_new_string (text);
  GError *error = NULL;

  if (ll_thunderbird_point (job->thunderbird, way->server, job->port,
                            ll_text (way->access, "username"), password, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

static gboolean
write_all (const Job *job, int *status)
{
  g_autoptr (GVariant) reply = ll_ask ("GetAuthority", NULL, LL_ASK_SHORT, status);
  const char *authority;
  GError *error = NULL;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(&s)", &authority);
  if (ll_thunderbird_write (job->thunderbird, authority, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

static gboolean
do_it (const Job *job, int *status)
{
  for (guint i = 0; i < job->ways->len; i++)
    if (!find_password (job, g_ptr_array_index (job->ways, i), status))
      return FALSE;
  for (guint i = 0; i < job->ways->len; i++)
    {
      Way *way = g_ptr_array_index (job->ways, i);

      way->access = ll_setup_account_make (way->account, &way->upstream, way->password, status);
      if (way->access == NULL || !point (job, way, status))
        return FALSE;
    }
  return write_all (job, status);
}

static void
print_way (const Job *job, const Way *way, const char *profile)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) line = NULL;

  ll_dict_text (&dict, "profile", profile);
  ll_dict_text (&dict, "server", way->server->key);
  ll_dict_list (&dict, "addresses", way->upstream.addresses);
  ll_dict_text (&dict, "upstream", way->upstream.upstream);
  g_variant_dict_insert (&dict, "port", "u", job->port);
  if (way->access != NULL)
    {
      ll_dict_text (&dict, "account", ll_text (way->access, "account"));
      ll_dict_text (&dict, "username", ll_text (way->access, "username"));
    }
  line = g_variant_ref_sink (g_variant_dict_end (&dict));
  ll_json_print (line, ll_schema_setup);
}

/* Whether the provider takes what Thunderbird sent with until now. */
static void
show_sign_in (const Way *way)
{
  const char *account = ll_text (way->access, "account");
  g_auto (GVariantDict) none = G_VARIANT_DICT_INIT (NULL);
  int ignored;
  g_autoptr (GVariant) result
      = ll_ask_one ("TestAccount",
                    g_variant_new ("(su@a{sv})", account, 0, g_variant_dict_end (&none)),
                    LL_ASK_LONG, &ignored);

  if (result == NULL)
    return;
  if (ll_flag (result, "ok"))
    printf ("Account %s: signed in at %s.\n", account, way->server->host);
  else
    printf ("Account %s: could not sign in at %s (%s); letters will wait. letterlock account test "
            "%s shows each step.\n",
            account, way->server->host, ll_text (result, "reason"), account);
}

static void
show_done (const Job *job, const char *profile)
{
  for (guint i = 0; i < job->ways->len; i++)
    if (ll_json_wanted)
      print_way (job, g_ptr_array_index (job->ways, i), profile);
    else
      show_sign_in (g_ptr_array_index (job->ways, i));
  if (!ll_json_wanted)
    puts ("Thunderbird sends through Letterlock from its next start on.");
}

static int
set_up (Job *job, const char *profile, gboolean dry, gboolean yes)
{
  int status = LL_EXIT_YES;
  GError *error = NULL;

  job->port = ll_setup_port (&status);
  if (job->port == 0)
    return status;
  job->accounts = ll_ask_one ("ListAccounts", NULL, LL_ASK_SHORT, &status);
  if (job->accounts == NULL)
    return status;
  job->thunderbird = ll_thunderbird_open (profile, &error);
  if (job->thunderbird == NULL)
    return ll_fail (error);
  find_ways (job);
  if (job->ways->len == 0)
    {
      ll_complain ("%s: no outgoing server to set up", profile);
      return LL_EXIT_NO;
    }
  if (!ll_json_wanted)
    show_plan (job, profile);
  if (dry && ll_json_wanted)
    show_done (job, profile);
  if (dry)
    return LL_EXIT_YES;
  if (!ll_setup_confirm ("Do this?", yes))
    return LL_EXIT_NO;
  if (!unlock (job, &status) || !do_it (job, &status))
    return status;
  show_done (job, profile);
  return LL_EXIT_YES;
}

int
ll_setup_thunderbird_run (int argc, char **argv)
{
  g_autofree char *named = NULL, *profile = NULL;
  gboolean dry = FALSE, yes = FALSE;
  g_auto (Job) job = { 0 };
  const GOptionEntry entries[] = {
    { "profile", 0, 0, G_OPTION_ARG_FILENAME, &named, "Thunderbird's profile folder", "DIR" },
    { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, "Do not ask before it is done", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, "Only show what would be done", NULL },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &job.stdin_lines,
      "Read what would be asked for from stdin, a line each", NULL },
    { NULL },
  };
  const LlUsage usage = {
    .command = "setup thunderbird",
    .summary = "Let Thunderbird send through Letterlock: accounts, server, password, certificate.",
    .more = "Thunderbird must not run. What would be asked for: its primary password, if it has "
            "one, then\nthe provider's password of each server for which it saved none.\n"
            "letterlock undo gives the profile back as it was; accounts stay.",
    .entries = entries,
  };
  g_auto (GStrv) left = NULL;
  int status = LL_EXIT_YES;

  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  profile = named != NULL ? g_canonicalize_filename (named, NULL) : choose_profile (&status);
  return profile != NULL ? set_up (&job, profile, dry, yes) : status;
}
