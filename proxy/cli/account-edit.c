/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/account.h"

#include "cli/json.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/*
 * account add and edit. The upstream password does not pass through this program:
 * stdin itself is handed to the daemon; what is typed goes into a pipe and is wiped.
 */

typedef struct
{
  char *name;
  GStrv addresses;
  GStrv domains;
  GStrv internal;
  GStrv pins;
  char *login, *upstream, *security, *auth, *username, *password_command, *certificate, *ca_file;
  char *preset, *mode, *minimum, *unknown, *fallback, *honours, *declared, *imap, *rate, *sign;
  gboolean password_stdin;
  gboolean new_password;
  gboolean yes;
  char *own_certificate;
  gboolean passphrase_stdin;
  char *oauth2, *client_id, *tenant, *authorization_url, *token_url, *device_url, *scope;
  char *app_password;
  gboolean client_secret_stdin;
} Settings;

/* Plain options: which key of the dictionary each is. */
typedef struct
{
  const char *option;
  const char *key;
  gsize offset;
  const char *help;
  const char *value;
} TextOption;

#define TEXT(option, key, help, value)                                                             \
  {                                                                                                \
    option, #key, G_STRUCT_OFFSET (Settings, key), help, value                                     \
  }

static const TextOption texts[] = {
  TEXT ("upstream", upstream, "The provider's submission server", "HOST:PORT"),
  TEXT ("security", security, "tls or starttls (by the port)", "SECURITY"),
  TEXT ("auth", auth, "password, client, oauth2, certificate, none (password)", "AUTH"),
  TEXT ("username", username, "User name at the provider (the first address)", "U"),
  TEXT ("password-command", password_command, "Prints the provider's password", "COMMAND"),
  TEXT ("oauth2", oauth2, "Sign in with OAuth2: google, microsoft, own", "PROVIDER"),
  TEXT ("client-id", client_id, "What the provider calls this program", "ID"),
  TEXT ("tenant", tenant, "Your organisation at Microsoft", "DOMAIN"),
  TEXT ("authorization-url", authorization_url, "As in letterlock.conf(5)", "URL"),
  TEXT ("token-url", token_url, "As in letterlock.conf(5)", "URL"),
  TEXT ("device-url", device_url, "As in letterlock.conf(5)", "URL"),
  TEXT ("scope", scope, "As in letterlock.conf(5)", "SCOPE"),
  TEXT ("certificate", certificate, "Certificate and key for --auth certificate", "FILE"),
  TEXT ("ca-file", ca_file, "The provider's own certificate authority", "FILE"),
  TEXT ("login", login, "User name for mail programs here (the account's name)", "U"),
  TEXT ("preset", preset, "everyday, careful, confidential, regulated", "PRESET"),
  TEXT ("mode", mode, "As in letterlock.conf(5)", "MODE"),
  TEXT ("minimum", minimum, "As in letterlock.conf(5)", "MINIMUM"),
  TEXT ("unknown", unknown, "As in letterlock.conf(5)", "UNKNOWN"),
  TEXT ("declared",
        declared,
        "The provider bounces without TLS: encrypted, verified, none",
        "LEVEL"),
  TEXT ("sign", sign, "Sign what leaves unlocked: none, pgp, smime", "METHOD"),
  TEXT ("imap", imap, "The provider's IMAP server", "HOST:PORT"),
  TEXT ("rate", rate, "Letters a minute that the provider takes", "N"),
};

/* Lists: repeated, or with commas. */
static const TextOption lists[] = {
  { "address", "addresses", G_STRUCT_OFFSET (Settings, addresses),
    "A sender address, or *@domain; can be repeated", "A" },
  { "domains", "declared_domains", G_STRUCT_OFFSET (Settings, domains),
    "Which domains --declared is about (all)", "LIST" },
  { "internal", "internal", G_STRUCT_OFFSET (Settings, internal),
    "Own domains, whose letters stay with the provider", "@D" },
  { "pin", "pins", G_STRUCT_OFFSET (Settings, pins),
    "SHA-256 of the provider's public key, accepted without a valid certificate", "SHA256" },
};

/* Lists in one option. */
static const TextOption words[] = {
  { "honours", "honours", G_STRUCT_OFFSET (Settings, honours),
    "What the provider follows when it sends: sts,dane", "LIST" },
  { "fallback", "fallback", G_STRUCT_OFFSET (Settings, fallback), "pgp, smime, escrow, in order",
    "LIST" },
};

#define N_ENTRIES (G_N_ELEMENTS (texts) + G_N_ELEMENTS (lists) + G_N_ELEMENTS (words) + 7)

static void
add_entry (
    GOptionEntry *entries, guint *n, Settings *settings, const TextOption *option, GOptionArg kind)
{
  entries[(*n)++] = (GOptionEntry){ .long_name = option->option,
                                    .arg = kind,
                                    .arg_data = G_STRUCT_MEMBER_P (settings, option->offset),
                                    .description = option->help,
                                    .arg_description = option->value };
}

/* What an account gains once it is there. */
static void
add_edit_entries (GOptionEntry *entries, guint *n, Settings *settings)
{
  entries[(*n)++]
      = (GOptionEntry){ .long_name = "new-password",
                        .arg = G_OPTION_ARG_NONE,
                        .arg_data = &settings->new_password,
                        .description = "Make a new local password and print it; the old one ends" };
  entries[(*n)++] = (GOptionEntry){
    .long_name = "cert",
    .arg = G_OPTION_ARG_FILENAME,
    .arg_data = &settings->own_certificate,
    .description
    = "Your own certificate and key for S/MIME, gpgsm:FINGERPRINT, nss:FOLDER, or none",
    .arg_description = "FILE.p12"
  };
  entries[(*n)++] = (GOptionEntry){ .long_name = "passphrase-stdin",
                                    .arg = G_OPTION_ARG_NONE,
                                    .arg_data = &settings->passphrase_stdin,
                                    .description = "Read the passphrase of --cert from stdin" };
}

/* ... and what only a new one is asked. */
static void
add_add_entries (GOptionEntry *entries, guint *n, Settings *settings)
{
  entries[(*n)++] = (GOptionEntry){ .long_name = "name",
                                    .arg = G_OPTION_ARG_STRING,
                                    .arg_data = &settings->name,
                                    .description = "The account's name (from the first address)",
                                    .arg_description = "NAME" };
  entries[(*n)++]
      = (GOptionEntry){ .long_name = "app-password",
                        .arg = G_OPTION_ARG_STRING,
                        .arg_data = &settings->app_password,
                        .description = "The server is known: aol, fastmail, google, icloud, yahoo; "
                                       "the password is one that you make there for a program",
                        .arg_description = "PROVIDER" };
  entries[(*n)++]
      = (GOptionEntry){ .long_name = "yes",
                        .arg = G_OPTION_ARG_NONE,
                        .arg_data = &settings->yes,
                        .description = "Take the server that the address's domain publishes, "
                                       "where that is proven" };
}

static void
make_entries (GOptionEntry *entries, Settings *settings, gboolean adding)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    add_entry (entries, &n, settings, &lists[i], G_OPTION_ARG_STRING_ARRAY);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    add_entry (entries, &n, settings, &texts[i], G_OPTION_ARG_STRING);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    add_entry (entries, &n, settings, &words[i], G_OPTION_ARG_STRING);
  entries[n++] = (GOptionEntry){ .long_name = "password-stdin",
                                 .arg = G_OPTION_ARG_NONE,
                                 .arg_data = &settings->password_stdin,
                                 .description = "Read the provider's password from stdin" };
  entries[n++] = (GOptionEntry){ .long_name = "client-secret-stdin",
                                 .arg = G_OPTION_ARG_NONE,
                                 .arg_data = &settings->client_secret_stdin,
                                 .description = "Read the secret of --client-id from stdin" };
  if (adding)
    add_add_entries (entries, &n, settings);
  else
    add_edit_entries (entries, &n, settings);
  g_assert (n < N_ENTRIES);
}
static void
settings_clear (Settings *settings)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (G_STRUCT_MEMBER (char *, settings, texts[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_free (G_STRUCT_MEMBER (char *, settings, words[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (G_STRUCT_MEMBER (GStrv, settings, lists[i].offset));
  g_free (settings->name);
  g_free (settings->app_password);
  g_free (settings->own_certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settings, settings_clear)

/* Items of all @texts_given, which may hold several each; an empty one empties the list. */
static void
add_list (GVariantDict *dict, const char *key, const char *const *texts_given)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) items = NULL;

  if (texts_given == NULL)
    return;
  for (guint i = 0; texts_given[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit_set (texts_given[i], ",; ", -1);

      for (guint j = 0; parts[j] != NULL; j++)
        if (*parts[j] != '\0')
          g_strv_builder_add (builder, parts[j]);
    }
  items = g_strv_builder_end (builder);
  ll_dict_list (dict, key, (const char *const *) items);
}

static GVariant *
settings_variant (const Settings *settings)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  ll_dict_text (&dict, "name", settings->name);
  ll_dict_text (&dict, "app_password", settings->app_password);
  if (settings->auth == NULL && settings->oauth2 != NULL)
    ll_dict_text (&dict, "auth", "oauth2");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ll_dict_text (&dict, texts[i].key, G_STRUCT_MEMBER (char *, settings, texts[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    add_list (&dict, lists[i].key,
              (const char *const *) G_STRUCT_MEMBER (GStrv, settings, lists[i].offset));
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      const char *const one[] = { G_STRUCT_MEMBER (char *, settings, words[i].offset), NULL };

      if (one[0] != NULL)
        add_list (&dict, words[i].key, one);
    }
  return g_variant_dict_end (&dict);
}

int
ll_account_ask_secret (const char *prompt)
{
  struct termios before, silent;
  char line[1024];
  gsize length = 0;
  int ends[2];

  if (pipe2 (ends, O_CLOEXEC) != 0)
    return -1;
  tcgetattr (STDIN_FILENO, &before);
  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  /* it drops what was typed before: the question comes after it */
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  fputs (prompt, stderr);
  while (length < sizeof line && read (STDIN_FILENO, line + length, 1) == 1 && line[length] != '\n')
    length++;
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  fputc ('\n', stderr);
  if (write (ends[1], line, length) != (gssize) length)
    {
      close (ends[0]);
      ends[0] = -1;
    }
  explicit_bzero (line, sizeof line);
  close (ends[1]);
  return ends[0];
}

/* stdin (or what was typed) as the one descriptor of the message, or none. */
static GUnixFDList *
password_descriptor (const Settings *settings, GVariant **handles)
{
  gint32 handle = 0;
  GUnixFDList *list = g_unix_fd_list_new ();
  gboolean wanted = settings->password_stdin || settings->client_secret_stdin;
  int typed = wanted && isatty (STDIN_FILENO)
                  ? ll_account_ask_secret (settings->password_stdin ? "Password at the provider: "
                                                                    : "Secret of the client id: ")
                  : -1;

  if (!wanted || g_unix_fd_list_append (list, typed >= 0 ? typed : STDIN_FILENO, NULL) < 0)
    *handles = g_variant_new_array (G_VARIANT_TYPE_HANDLE, NULL, 0);
  else
    *handles = g_variant_new_fixed_array (G_VARIANT_TYPE_HANDLE, &handle, 1, sizeof handle);
  if (typed >= 0)
    close (typed);
  return list;
}

static void
add_first (Settings *settings, const char *address)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  g_strv_builder_add (all, address);
  for (guint i = 0; settings->addresses != NULL && settings->addresses[i] != NULL; i++)
    g_strv_builder_add (all, settings->addresses[i]);
  g_strfreev (settings->addresses);
  settings->addresses = g_strv_builder_end (all);
}

/* What was not typed. With a client id that is what the provider wants for it, too. */
static void
take_found (Settings *settings, GVariant *found)
{
  static const char *const permission[]
      = { "oauth2", "authorization_url", "token_url", "scope", NULL };

  if (settings->auth == NULL && settings->client_id != NULL)
    settings->auth = g_strdup ("oauth2");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char **place = &G_STRUCT_MEMBER (char *, settings, texts[i].offset);
      const char *said = ll_text (found, texts[i].key);

      if (*place == NULL && *said != '\0'
          && (settings->client_id != NULL || !g_strv_contains (permission, texts[i].key)))
        *place = g_strdup (said);
    }
  if (settings->client_id != NULL && settings->oauth2 == NULL)
    settings->oauth2 = g_strdup ("own");
}

/* ADDRESS alone: the server is what its domain publishes. */
static gboolean
complete_settings (Settings *settings, const char *address, int *status)
{
  gboolean is_known
      = settings->upstream != NULL || settings->oauth2 != NULL || settings->app_password != NULL;
  g_autoptr (GVariant) found = NULL;

  if (address != NULL)
    add_first (settings, address);
  if (settings->addresses == NULL || (address == NULL && !is_known))
    {
      *status = ll_usage_error ("account add needs an ADDRESS, or --address and --upstream; see "
                                "letterlock account add --help");
      return FALSE;
    }
  if (is_known)
    return TRUE;
  found = ll_account_find (settings->addresses[0], settings->yes, status);
  if (found == NULL)
    return FALSE;
  if (settings->auth == NULL && settings->client_id == NULL
      && strcmp (ll_text (found, "auth"), "oauth2") == 0)
    {
      ll_complain ("%s signs in with OAuth2: see --client-id, --oauth2 and --app-password in "
                   "letterlock account add --help",
                   ll_text (found, "upstream"));
      *status = LL_EXIT_NO;
      return FALSE;
    }
  take_found (settings, found);
  if (settings->password_command == NULL && isatty (STDIN_FILENO)
      && g_strcmp0 (settings->auth, "password") == 0)
    settings->password_stdin = TRUE;
  return TRUE;
}

int
ll_account_add_run (int argc, char **argv)
{
  g_auto (Settings) settings = { 0 };
  GOptionEntry entries[N_ENTRIES] = { 0 };
  const LlUsage usage = {
    .command = "account add",
    .arguments = "[ADDRESS]",
    .summary = "Add an account: its addresses, and the provider's server.",
    .more = "Without --upstream the server is what the address's domain publishes (SRV records,\n"
            "autoconfig), and you are asked whether it is right.\n"
            "Example: letterlock account add --address me@example.org --upstream "
            "smtp.example.org:465 --password-stdin",
    .entries = entries,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) access = NULL;
  GVariant *handles;
  int status = LL_EXIT_YES;

  make_entries (entries, &settings, TRUE);
  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (settings.password_stdin
      && (settings.password_command != NULL || settings.client_secret_stdin))
    return ll_usage_error ("account add: --password-stdin excludes --password-command and "
                           "--client-secret-stdin");
  if (!complete_settings (&settings, left[0], &status))
    return status;
  descriptors = password_descriptor (&settings, &handles);
  reply = ll_ask_with ("AddAccount",
                       g_variant_new ("(@a{sv}@ah)", settings_variant (&settings), handles),
                       descriptors, LL_ASK_SHORT, &status);
  if (reply == NULL)
    return status;
  access = g_variant_get_child_value (reply, 0);
  if (ll_json_wanted)
    ll_json_print (access, ll_schema_access);
  else
    ll_account_print_access (access);
  if (!ll_json_wanted && settings.oauth2 != NULL)
    printf ("Now sign in at the provider: letterlock account login %s\n",
            ll_text (access, "account"));
  return LL_EXIT_YES;
}

static int
renew_password (const char *name)
{
  int status = LL_EXIT_YES;
  g_autoptr (GVariant) access
      = ll_ask_one ("NewPassword", g_variant_new ("(s)", name), LL_ASK_SHORT, &status);

  if (access == NULL)
    return status;
  if (ll_json_wanted)
    ll_json_print (access, ll_schema_access);
  else
    ll_account_print_access (access);
  return LL_EXIT_YES;
}

/* The settings and the password; shows what the account is then, unless more follows. */
static int
change (const char *name, const Settings *settings, GVariant *changes)
{
  gboolean more = settings->new_password || settings->own_certificate != NULL;
  int status = LL_EXIT_YES;
  GVariant *handles;
  g_autoptr (GUnixFDList) descriptors = password_descriptor (settings, &handles);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) account = NULL;

  reply = ll_ask_with ("EditAccount", g_variant_new ("(s@a{sv}@ah)", name, changes, handles),
                       descriptors, LL_ASK_SHORT, &status);
  if (reply == NULL || more)
    return status;
  account = g_variant_get_child_value (reply, 0);
  if (ll_json_wanted)
    ll_json_print (account, ll_schema_account);
  else
    ll_account_print (account);
  return LL_EXIT_YES;
}

int
ll_account_edit_run (int argc, char **argv)
{
  g_auto (Settings) settings = { 0 };
  GOptionEntry entries[N_ENTRIES] = { 0 };
  const LlUsage usage = {
    .command = "account edit",
    .arguments = "NAME",
    .summary = "Change an account: what is not named stays; \"\" takes a setting away.",
    .more = "--address replaces all addresses.",
    .entries = entries,
    .min = 1,
    .max = 1,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GVariant) changes = NULL;
  int status = LL_EXIT_YES;

  make_entries (entries, &settings, FALSE);
  if (!ll_usage_parse (&usage, argc, argv, &left))
    return LL_EXIT_USAGE;
  if (settings.password_stdin && settings.client_secret_stdin)
    return ll_usage_error ("account edit: stdin cannot be --password-stdin and "
                           "--client-secret-stdin");
  if (settings.passphrase_stdin
      && (settings.password_stdin || settings.client_secret_stdin
          || settings.own_certificate == NULL))
    return ll_usage_error ("account edit: --passphrase-stdin is for --cert, and stdin cannot be "
                           "--password-stdin too");
  changes = g_variant_ref_sink (settings_variant (&settings));
  if (g_variant_n_children (changes) > 0 || settings.password_stdin || settings.client_secret_stdin)
    status = change (left[0], &settings, changes);
  else if (!settings.new_password && settings.own_certificate == NULL)
    return ll_usage_error ("account edit needs something to change; see letterlock account edit "
                           "--help");
  if (status == LL_EXIT_YES && settings.own_certificate != NULL)
    status
        = ll_account_certificate_run (left[0], settings.own_certificate, settings.passphrase_stdin);
  if (status == LL_EXIT_YES && settings.new_password)
    status = renew_password (left[0]);
  return status;
}
