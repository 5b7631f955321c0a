/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "setup/evolution.h"

#include "base/error.h"
#include "setup/camel-trust.h"
#include "setup/evolution-bus.h"
#include "setup/evolution-keyring.h"
#include "setup/evolution-sources.h"
#include "setup/files.h"

#include <openssl/pem.h>
#include <string.h>

#define FLATPAK "/.var/app/org.gnome.Evolution"
#define HOST "localhost"
#define SOURCES "evolution", "sources"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)

/* A password that is to be saved. */
typedef struct
{
  char *uid;
  char *label;
  LlSecret *password;
} Login;

struct _LlEvolution
{
  LlEvolutionSources *sources;
  GPtrArray *servers; /* of LlOutgoing */
  LlSetupRecord *record;
  GPtrArray *transports; /* of char: the new ones, and what each will be */
  GPtrArray *contents;   /* of GBytes */
  GPtrArray *replaced;   /* of char: the old one of each */
  GPtrArray *logins;     /* of Login */
};

static void
login_free (Login *login)
{
  g_free (login->uid);
  g_free (login->label);
  ll_secret_free (login->password);
  g_free (login);
}

void
ll_evolution_free (LlEvolution *evolution)
{
  if (evolution == NULL)
    return;
  ll_evolution_sources_free (evolution->sources);
  g_clear_pointer (&evolution->servers, g_ptr_array_unref);
  ll_setup_record_free (evolution->record);
  g_ptr_array_unref (evolution->transports);
  g_ptr_array_unref (evolution->contents);
  g_ptr_array_unref (evolution->replaced);
  g_ptr_array_unref (evolution->logins);
  g_free (evolution);
}

/* -- where, and when ------------------------------------------------------- */

GPtrArray *
ll_evolution_find (const char *home)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  char *places[] = { g_build_filename (g_get_user_config_dir (), SOURCES, NULL),
                     g_build_filename (home, FLATPAK, "config", SOURCES, NULL) };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_file_test (places[i], G_FILE_TEST_IS_DIR))
      g_ptr_array_add (found, places[i]);
    else
      g_free (places[i]);
  return found;
}

/* What XDG_DATA_HOME is for the Evolution with these sources. (transfer full) */
static char *
data_folder (const char *sources)
{
  const char *inside = strstr (sources, FLATPAK "/");
  g_autofree char *app
      = inside != NULL ? g_strndup (sources, (gsize) (inside - sources) + strlen (FLATPAK)) : NULL;

  return app != NULL ? g_build_filename (app, "data", NULL) : g_strdup (g_get_user_data_dir ());
}

LlEvolution *
ll_evolution_open (const char *sources, GError **error)
{
  g_autoptr (LlEvolution) evolution = g_new0 (LlEvolution, 1);
  g_autofree char *folder = g_canonicalize_filename (sources, NULL);

  evolution->transports = g_ptr_array_new_with_free_func (g_free);
  evolution->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  evolution->replaced = g_ptr_array_new_with_free_func (g_free);
  evolution->logins = g_ptr_array_new_with_free_func ((GDestroyNotify) login_free);
  if (!ll_evolution_check_stopped (error))
    return NULL;
  evolution->sources = ll_evolution_sources_read (folder, error);
  if (evolution->sources == NULL)
    return NULL;
  evolution->servers = ll_evolution_sources_outgoing (evolution->sources);
  evolution->record = ll_setup_record_new ("evolution", folder, error);
  return evolution->record != NULL ? g_steal_pointer (&evolution) : NULL;
}

GPtrArray *
ll_evolution_servers (LlEvolution *evolution)
{
  return evolution->servers;
}

LlSecret *
ll_evolution_password (LlEvolution *evolution, const LlOutgoing *server, GError **error)
{
  return ll_evolution_keyring_lookup (server->key, error);
}

/* -- changing, still beside it --------------------------------------------- */

gboolean
ll_evolution_point (LlEvolution *evolution,
                    const LlOutgoing *server,
                    guint port,
                    const char *username,
                    const LlSecret *password,
                    GError **error)
{
  Login *login = g_new0 (Login, 1);

  login->uid = g_strconcat ("letterlock-", server->key, NULL);
  login->label = g_strdup_printf ("Evolution: %s at Letterlock", username);
  login->password = ll_secret_copy (password);
  g_ptr_array_add (evolution->logins, login);
  g_ptr_array_add (evolution->transports, g_strdup (login->uid));
  g_ptr_array_add (evolution->replaced, g_strdup (server->key));
  g_ptr_array_add (evolution->contents,
                   ll_evolution_transport (evolution->sources, server->key, port, username));
  return TRUE;
}

static char *
path_of (LlEvolution *evolution, const char *uid)
{
  return g_strdup_printf ("%s/%s.source", evolution->sources->folder, uid);
}

static gboolean
add_file (LlEvolution *evolution, const char *path, GBytes *after, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) before = ll_setup_record_now (evolution->record, path, &cause);

  if (cause == NULL)
    return (before != NULL && g_bytes_equal (before, after))
           || ll_setup_record_add (evolution->record, path, before, after, error);
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

static GBytes *
read_certificate (const char *pem, GError **error)
{
  g_autoptr (BIO) memory = BIO_new_mem_buf (pem, -1);
  g_autoptr (X509) certificate = PEM_read_bio_X509 (memory, NULL, NULL, NULL);
  guchar *der = NULL;
  int length = certificate != NULL ? i2d_X509 (certificate, &der) : -1;
  GBytes *bytes;

  if (length <= 0)
    {
      g_set_error_literal (error, LL_WIRE_ERROR, LL_WIRE_ERROR_TLS,
                           "Letterlock's own certificate cannot be read");
      return NULL;
    }
  bytes = g_bytes_new (der, (gsize) length);
  OPENSSL_free (der);
  return bytes;
}

/* The certificate, under the name that the list knows it by, and then the list. */
static gboolean
add_trust (LlEvolution *evolution, const char *pem, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) der = read_certificate (pem, error);
  g_autofree char *data = data_folder (evolution->sources->folder);
  g_autofree char *name = der != NULL ? ll_camel_trust_name (der) : NULL;
  g_autofree char *file = g_build_filename (data, "camel_certs", name, NULL);
  g_autofree char *list = g_build_filename (data, "evolution", "camel-cert.db", NULL);
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GBytes) after = NULL;

  if (der == NULL)
    return FALSE;
  before = ll_setup_record_now (evolution->record, list, &cause);
  if (cause == NULL)
    after = ll_camel_trust_add (before, HOST, name, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  g_key_file_set_string (evolution->record->file, "setup", "fingerprint", name);
  g_key_file_set_string (evolution->record->file, "setup", "certificates", list);
  return add_file (evolution, file, der, error) && add_file (evolution, list, after, error);
}

static gboolean
add_identity (LlEvolution *evolution,
              const char *uid,
              const char *transport,
              const char *replaced,
              GError **error)
{
  g_autofree char *path = path_of (evolution, uid);
  g_autofree char *group = g_strdup_printf ("identity %s", path);
  g_autoptr (GBytes) before = ll_setup_record_now (evolution->record, path, error);
  g_autoptr (GBytes) after
      = before != NULL ? ll_evolution_identity (before, transport, error) : NULL;

  if (after == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  g_key_file_set_string (evolution->record->file, group, "uid", uid);
  g_key_file_set_string (evolution->record->file, group, "before", replaced);
  g_key_file_set_string (evolution->record->file, group, "after", transport);
  return add_file (evolution, path, after, error);
}

static gboolean
add_identities (LlEvolution *evolution, guint i, GError **error)
{
  const char *replaced = g_ptr_array_index (evolution->replaced, i);
  g_autoptr (GPtrArray) uids = ll_evolution_sources_identities (evolution->sources, replaced);

  for (guint j = 0; j < uids->len; j++)
    if (!add_identity (evolution, g_ptr_array_index (uids, j),
                       g_ptr_array_index (evolution->transports, i), replaced, error))
      return FALSE;
  return TRUE;
}

static gboolean
add_transport (LlEvolution *evolution, guint i, GError **error)
{
  const char *uid = g_ptr_array_index (evolution->transports, i);
  g_autofree char *path = path_of (evolution, uid);

  return add_file (evolution, path, g_ptr_array_index (evolution->contents, i), error);
}

static gboolean
save_logins (LlEvolution *evolution, GError **error)
{
  for (guint i = 0; i < evolution->logins->len; i++)
    {
      const Login *login = g_ptr_array_index (evolution->logins, i);

      if (!ll_evolution_keyring_save (login->uid, login->label, login->password, error))
        return FALSE;
    }
  return TRUE;
}

/* The identities come last: until then Evolution sends as before. */
gboolean
ll_evolution_write (LlEvolution *evolution, const char *certificate, GError **error)
{
  guint n = evolution->transports->len;

  if (!add_trust (evolution, certificate, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!add_transport (evolution, i, error))
      return FALSE;
  for (guint i = 0; i < n; i++)
    if (!add_identities (evolution, i, error))
      return FALSE;
  g_key_file_set_string_list (evolution->record->file, "setup", "transports",
                              (const char *const *) evolution->transports->pdata, n);
  if (!ll_setup_record_keep (evolution->record, error))
    return FALSE;
  if (save_logins (evolution, error) && ll_setup_record_apply (evolution->record, error))
    {
      ll_evolution_wait (evolution->record, "after");
      return TRUE;
    }
  g_prefix_error (error, "It is not finished, and \"letterlock undo\" takes it back: ");
  return FALSE;
}
