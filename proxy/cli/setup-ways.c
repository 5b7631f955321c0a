/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/setup-ways.h"

#include "cli/json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * What setting up any mail program has in common: show what it would do, be told to, make the
 * accounts, and only then change the mail program's files.
 */

/* Columns of a paragraph at a terminal. */
#define WIDTH 96

/* One outgoing server on its way to Letterlock. */
typedef struct
{
  const LlOutgoing *server;
  LlSetupUpstream upstream;
  LlSecret *password; /* at the provider, or with OAuth2 the client id's secret; NULL: not needed,
                         or in the account already */
  GVariant *account;  /* the one that is there already; or NULL */
  GVariant *access;
} Way;

typedef struct
{
  const LlSetupProgram *program;
  const LlSetupWishes *wishes;
  gpointer opened;
  GPtrArray *ways; /* of Way */
  GVariant *accounts;
  guint port;
} Job;

static void
way_free (Way *way)
{
  g_free (way->upstream.upstream);
  g_clear_pointer (&way->upstream.permission, g_variant_unref);
  ll_secret_free (way->password);
  g_clear_pointer (&way->account, g_variant_unref);
  g_clear_pointer (&way->access, g_variant_unref);
  g_free (way);
}

static void
job_clear (Job *job)
{
  g_clear_pointer (&job->ways, g_ptr_array_unref);
  if (job->opened != NULL)
    job->program->free (job->opened);
  g_clear_pointer (&job->accounts, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

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
  way->upstream.auth = server->auth == LL_OUTGOING_AUTH_NONE     ? "none"
                       : server->auth == LL_OUTGOING_AUTH_OAUTH2 ? "oauth2"
                                                                 : "password";
  way->upstream.username = server->username;
  way->account = ll_setup_account_find (job->accounts, &way->upstream);
  return way;
}

/* Whether the user has to sign in before letters can leave by it. */
static gboolean
lacks_sign_in (GVariant *account)
{
  LlSignIn state;

  return account != NULL && ll_sign_in_from_name (ll_text (account, "sign_in"), &state)
         && ll_sign_in_needs_person (state);
}

/* How an account that is there signs in at the provider is its own business. (transfer full); NULL:
 * none. */
static char *
trouble_of (const Job *job, const LlOutgoing *server, Way *way)
{
  const char *trouble = ll_setup_is_here (server->host)
                            ? "it is on this computer already"
                            : ll_outgoing_trouble (server, way->account != NULL);
  char *why = NULL;

  if (trouble == NULL && way->account == NULL && server->auth == LL_OUTGOING_AUTH_OAUTH2)
    way->upstream.permission = ll_setup_oauth (&way->upstream, job->wishes, &why);
  return trouble != NULL ? g_strdup (trouble) : why;
}

static void
say_it_stays (const LlOutgoing *server, const char *why)
{
  ll_complain ("%s stays as it is: %s", server->host, why);
}

static void
find_ways (Job *job)
{
  GPtrArray *servers = job->program->servers (job->opened);

  job->ways = g_ptr_array_new_with_free_func ((GDestroyNotify) way_free);
  for (guint i = 0; i < servers->len; i++)
    {
      LlOutgoing *server = g_ptr_array_index (servers, i);
      Way *way = way_new (job, server);
      g_autofree char *trouble = trouble_of (job, server, way);

      if (trouble == NULL)
        {
          g_ptr_array_add (job->ways, way);
          continue;
        }
      say_it_stays (server, trouble);
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
    printf ("             %s did not insist on encryption there; Letterlock does\n",
            job->program->name);
  if (way->upstream.permission != NULL || lacks_sign_in (way->account))
    puts (
        "             with OAuth2: you sign in on the provider's page before anything is changed");
  if (way->account != NULL)
    printf ("    account  %s, which is there; it gets a new local password, and other programs "
            "that use it need that, too\n",
            ll_text (way->account, "account"));
}

/* One line, but at a terminal: windows that show it have a width of their own. */
static void
print_paragraph (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  gsize column = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gsize length = strlen (words[i]);
      gboolean wraps = isatty (STDOUT_FILENO) && column + 1 + length > WIDTH;

      if (i > 0)
        putchar (wraps ? '\n' : ' ');
      column = wraps ? length : column + 1 + length;
      fputs (words[i], stdout);
    }
  putchar ('\n');
}

static void
show_plan (const Job *job, const char *place)
{
  const char *name = job->program->name;
  g_autofree char *password
      = g_strdup_printf ("The provider's password is copied into Letterlock's keyring where %s has "
                         "it, else asked for.",
                         name);
  g_autofree char *rest
      = g_strdup_printf ("Not covered: letters from other devices and from webmail do not come by "
                         "here, and the copies in Sent and Drafts are stored by %s as before, "
                         "unlocked.",
                         name);
  g_autofree char *back
      = g_strdup_printf ("letterlock undo puts its %s back. The accounts made for it stay, with "
                         "the password copied for them; letterlock account remove takes them "
                         "away.",
                         job->program->place);

  printf ("%s's %s %s:\n", name, job->program->place, place);
  for (guint i = 0; i < job->ways->len; i++)
    show_way (job, g_ptr_array_index (job->ways, i));
  puts ("");
  print_paragraph (job->program->changed);
  print_paragraph (password);
  print_paragraph (rest);
  print_paragraph (back);
}

/* -- passwords ------------------------------------------------------------- */

/* Once for each client id. */
static void
find_client_secret (const Job *job, Way *way)
{
  const char *client_id = ll_text (way->upstream.permission, "client_id");
  g_autofree char *prompt = NULL;

  for (guint i = 0; g_ptr_array_index (job->ways, i) != way; i++)
    {
      const Way *other = g_ptr_array_index (job->ways, i);

      if (other->upstream.permission != NULL
          && strcmp (ll_text (other->upstream.permission, "client_id"), client_id) == 0)
        {
          way->password = other->password != NULL ? ll_secret_copy (other->password) : NULL;
          return;
        }
    }
  prompt = g_strdup_printf ("Secret of the client id at %s (Return alone: it has none): ",
                            way->server->host);
  way->password = ll_setup_ask_line (prompt, job->wishes->stdin_lines);
}

/* An account that is there keeps the password it has, unless the mail program knows one. */
static gboolean
find_password (const Job *job, Way *way, int *status)
{
  g_autofree char *prompt = NULL;
  GError *error = NULL;

  if (way->server->auth == LL_OUTGOING_AUTH_NONE || way->server->auth == LL_OUTGOING_AUTH_OAUTH2
      || ll_setup_account_has_other_secret (way->account, way->server->username))
    return TRUE;
  way->password = job->program->password (job->opened, way->server, &error);
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
  way->password = ll_setup_ask (prompt, job->wishes->stdin_lines, "--password-stdin", status);
  return way->password != NULL;
}

/* The secrets of client ids first: whoever gives lines to stdin knows how many of these there are,
 * but not which passwords the mail program has saved. */
static gboolean
find_secrets (const Job *job, int *status)
{
  for (guint i = 0; i < job->ways->len; i++)
    {
      Way *way = g_ptr_array_index (job->ways, i);

      if (way->upstream.permission != NULL)
        find_client_secret (job, way);
    }
  for (guint i = 0; i < job->ways->len; i++)
    if (!find_password (job, g_ptr_array_index (job->ways, i), status))
      return FALSE;
  return TRUE;
}

/* -- doing it -------------------------------------------------------------- */

static gboolean
point (const Job *job, const Way *way, int *status)
{
  const char *text = ll_text (way->access, "password");
  g_autoptr (LlSecret) password = ll_secret_new_string (text);
  GError *error = NULL;

  if (job->program->point (job->opened, way->server, job->port, ll_text (way->access, "username"),
                           password, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

static gboolean
write_all (const Job *job, int *status)
{
  g_autoptr (GVariant) reply = ll_ask (job->program->certificate, NULL, LL_ASK_SHORT, status);
  const char *certificate;
  GError *error = NULL;

  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(&s)", &certificate);
  if (job->program->write (job->opened, certificate, &error))
    return TRUE;
  *status = ll_fail (error);
  return FALSE;
}

/* What the account that is there got for one of the servers before @way; or NULL. */
static GVariant *
access_before (const Job *job, const Way *way)
{
  const char *name = ll_text (way->account, "account");

  for (guint i = 0; g_ptr_array_index (job->ways, i) != way; i++)
    {
      const Way *other = g_ptr_array_index (job->ways, i);

      if (other->account != NULL && strcmp (ll_text (other->account, "account"), name) == 0)
        return other->access;
    }
  return NULL;
}

static GVariant *
give_account (const Job *job, const Way *way, int *status)
{
  if (way->account == NULL)
    return ll_setup_account_make (&way->upstream, way->password, status);
  return ll_setup_account_use (ll_text (way->account, "account"), &way->upstream, way->password,
                               access_before (job, way), status);
}

/* FALSE: nobody did, and that was said. */
static gboolean
sign_in (const Job *job, const Way *way, const char *account)
{
  g_autoptr (GVariant) result = NULL;
  int ignored;

  if (!ll_json_wanted)
    printf ("%s signs in with OAuth2.\n", way->server->host);
  result = ll_account_sign_in (account, &job->wishes->sign_in, &ignored);
  if (result == NULL)
    say_it_stays (way->server, "nobody signed in there");
  else if (ll_json_wanted)
    ll_json_print (result, ll_schema_login);
  return result != NULL;
}

/* Before its local password changes. */
static gboolean
sign_in_what_is_there (const Job *job, const Way *way)
{
  return !lacks_sign_in (way->account) || access_before (job, way) != NULL
         || sign_in (job, way, ll_text (way->account, "account"));
}

/* An account that nobody signed in would let letters wait: it goes again. */
static gboolean
sign_in_what_is_new (const Job *job, const Way *way)
{
  const char *account = ll_text (way->access, "account");
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) removed = NULL;
  int ignored;

  if (way->upstream.permission == NULL || sign_in (job, way, account))
    return TRUE;
  g_variant_dict_insert (&options, "force", "b", TRUE);
  removed = ll_ask ("RemoveAccount",
                    g_variant_new ("(s@a{sv})", account, g_variant_dict_end (&options)),
                    LL_ASK_SHORT, &ignored);
  return FALSE;
}

static gboolean
do_it (const Job *job, int *status)
{
  if (!find_secrets (job, status))
    return FALSE;
  for (guint i = 0; i < job->ways->len;)
    {
      Way *way = g_ptr_array_index (job->ways, i);

      if (!sign_in_what_is_there (job, way))
        {
          g_ptr_array_remove_index (job->ways, i);
          continue;
        }
      way->access = give_account (job, way, status);
      if (way->access == NULL)
        return FALSE;
      if (!sign_in_what_is_new (job, way))
        g_ptr_array_remove_index (job->ways, i);
      else if (!point (job, way, status))
        return FALSE;
      else
        i++;
    }
  if (job->ways->len > 0)
    return write_all (job, status);
  *status = LL_EXIT_NO;
  return FALSE;
}

static void
print_way (const Job *job, const Way *way, const char *place)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) line = NULL;

  ll_dict_text (&dict, "profile", place);
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

/* Whether the provider takes what the mail program sent with until now. */
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
show_done (const Job *job, const char *place)
{
  for (guint i = 0; i < job->ways->len; i++)
    if (ll_json_wanted)
      print_way (job, g_ptr_array_index (job->ways, i), place);
    else
      show_sign_in (g_ptr_array_index (job->ways, i));
  if (!ll_json_wanted)
    printf ("%s sends through Letterlock from its next start on.\n", job->program->name);
}

int
ll_setup_ways_run (const LlSetupProgram *program, const LlSetupWishes *wishes, const char *place)
{
  int status = LL_EXIT_YES;
  GError *error = NULL;
  g_auto (Job) job = { .program = program, .wishes = wishes };

  job.port = ll_setup_port (&status);
  if (job.port == 0)
    return status;
  job.accounts = ll_ask_one ("ListAccounts", NULL, LL_ASK_SHORT, &status);
  if (job.accounts == NULL)
    return status;
  job.opened = program->open (place, &error);
  if (job.opened == NULL)
    return ll_fail (error);
  find_ways (&job);
  if (job.ways->len == 0)
    {
      ll_complain ("%s: no outgoing server to set up", place);
      return LL_EXIT_NO;
    }
  if (!ll_json_wanted)
    show_plan (&job, place);
  if (wishes->dry && ll_json_wanted)
    show_done (&job, place);
  if (wishes->dry)
    return LL_EXIT_YES;
  if (!ll_setup_confirm ("Do this?", wishes->yes))
    return LL_EXIT_NO;
  if ((program->unlock != NULL && !program->unlock (job.opened, wishes, &status))
      || !do_it (&job, &status))
    return status;
  show_done (&job, place);
  return LL_EXIT_YES;
}
