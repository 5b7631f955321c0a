/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The user's own certificates, one for each account: through the bus, and for the locks. */

#include "pipeline-private.h"
#include "requests.h"

#include "api/prerequisite.h"
#include "base/error.h"
#include "base/limits.h"
#include "keys/gnupg.h"

#include <string.h>

static LlOwnPlace
place_of (LlPipeline *pipeline)
{
  return (LlOwnPlace){ pipeline->parts.state_folder, pipeline->parts.secrets,
                       pipeline->parts.worker };
}

LlOwn *
ll_own_of (LlPipeline *pipeline, const char *account)
{
  LlOwnPlace place = place_of (pipeline);

  return ll_own_find (&place, account);
}

gboolean
ll_own_unlock (LlPipeline *pipeline, const char *account, LlOwn *own, GError **error)
{
  LlOwnPlace place = place_of (pipeline);

  return ll_own_open (&place, account, own, error);
}

/* -- through the bus --------------------------------------------------------------------------- */

/* What is wrong with a file is the caller's affair; the rest keeps its own meaning. */
static void
pass_on (GError **error, GError *cause)
{
  static const int invalid[]
      = { LL_ENGINE_ERROR_DECLINED, LL_ENGINE_ERROR_NO_SECRET, LL_ENGINE_ERROR_BAD_KEY };

  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    if (g_error_matches (cause, LL_ENGINE_ERROR, invalid[i]))
      {
        g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID, cause->message);
        return;
      }
  g_propagate_error (error, g_error_copy (cause));
}

static GVariant *
certificate (gpointer data, const char *account)
{
  g_autoptr (LlOwn) own = ll_own_of (data, account);

  return own != NULL ? ll_key_to_variant (own->key) : NULL;
}

/* Takes it out of @file, or (NULL) from gpgsm. */
static GVariant *
take (LlPipeline *pipeline,
      const char *name,
      GBytes *file,
      const LlSecret *passphrase,
      const char *gpgsm,
      GCancellable *cancellable,
      GError **error)
{
  LlOwnPlace place = place_of (pipeline);
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);
  const LlAccount *account = ll_config_account (config, name);
  g_autoptr (GError) cause = NULL;
  g_autoptr (LlKey) key = NULL;

  if (account == NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_NOT_FOUND, "There is no account \"%s\"", name);
      return NULL;
    }
  key = file != NULL ? ll_own_take (&place, account, file, passphrase, cancellable, &cause)
                     : ll_own_take_gpgsm (&place, account, gpgsm, cancellable, &cause);
  if (key == NULL)
    {
      pass_on (error, cause);
      return NULL;
    }
  ll_pipeline_wake (pipeline); /* letters may wait for it */
  return ll_key_to_variant (key);
}

static GVariant *
certificate_set (gpointer data,
                 const char *name,
                 GBytes *file,
                 const LlSecret *passphrase,
                 GCancellable *cancellable,
                 GError **error)
{
  return take (data, name, file, passphrase, NULL, cancellable, error);
}

static GVariant *
certificate_use (
    gpointer data, const char *name, const char *gpgsm, GCancellable *cancellable, GError **error)
{
  return take (data, name, NULL, NULL, gpgsm, cancellable, error);
}

static gboolean
certificate_remove (gpointer data, const char *account, GError **error)
{
  LlOwnPlace place = place_of (data);

  return ll_own_remove (&place, account, error);
}

void
ll_certificates_fill (LlBusActions *actions)
{
  actions->certificate = certificate;
  actions->certificate_set = certificate_set;
  actions->certificate_use = certificate_use;
  actions->certificate_remove = certificate_remove;
}

/* -- for doctor -------------------------------------------------------------------------------- */

/* @remedy: NULL: all is well. */
static void
add_line (GVariantBuilder *lines,
          const char *what,
          const char *account,
          const char *reason,
          const char *remedy)
{
  g_autofree char *check = g_strdup_printf ("%s %s", what, account);

  ll_prerequisite_add (lines, check,
                       remedy == NULL ? LL_PREREQUISITE_THERE : LL_PREREQUISITE_MISSING, reason,
                       remedy);
}

static void
check_certificate (GVariantBuilder *lines, const char *account, const LlKey *key)
{
  g_autofree char *end = ll_clock_format (key->expires);
  g_autofree char *reason = NULL;
  g_autofree char *remedy = NULL;
  gint64 left = key->expires - ll_clock_now ();

  if (end != NULL)
    end[strlen ("2026-11-22")] = '\0';
  reason = g_strdup_printf (left <= 0 ? "Its certificate expired on %s: nothing is signed with it."
                                      : "Its certificate is valid until %s.",
                            end != NULL ? end : "an unknown day");
  if (left <= LL_OWN_SOON)
    remedy = g_strdup_printf ("Get a new one from its issuer, then: letterlock account edit %s "
                              "--cert FILE.p12 --passphrase-stdin",
                              account);
  add_line (lines, "certificate", account, reason, remedy);
}

/* The first address that is one; NULL: whole domains only. */
static const char *
address_of (const LlAccount *account)
{
  for (guint i = 0; account->addresses[i] != NULL; i++)
    if (account->addresses[i][0] != '*')
      return account->addresses[i];
  return NULL;
}

/* Why letters of @account wait for a signature; NULL: they do not. (transfer full) */
static char *
missing_signature (LlPipeline *pipeline, const LlAccount *account, const LlOwn *own)
{
  const char *address = address_of (account);
  g_autoptr (LlKey) key = NULL;
  g_autoptr (GError) error = NULL;

  if (account->sign == LL_SIGN_SMIME)
    return own == NULL ? g_strdup ("there is no certificate") : NULL;
  if (account->sign != LL_SIGN_PGP || address == NULL)
    return NULL;
  key = ll_gnupg_own (pipeline->parts.worker, address, ll_deadline_in (LL_KEYS_BUDGET), NULL,
                      &error);
  if (error != NULL)
    return g_strdup (error->message);
  return key == NULL ? g_strdup_printf ("your keyring has no key of your own for %s", address)
                     : NULL;
}

static void
check_signature (LlPipeline *pipeline,
                 GVariantBuilder *lines,
                 const LlAccount *account,
                 const LlOwn *own)
{
  g_autofree char *why = missing_signature (pipeline, account, own);
  g_autofree char *reason = NULL;
  g_autofree char *remedy = NULL;

  if (account->sign == LL_SIGN_NONE)
    return;
  if (why == NULL)
    {
      add_line (lines, "signature", account->name, "The key that signs its letters is there.",
                NULL);
      return;
    }
  reason = g_strdup_printf ("Its letters are to be signed, and wait: %s.", why);
  remedy = account->sign == LL_SIGN_SMIME
               ? g_strdup_printf ("letterlock account edit %s --cert FILE.p12 --passphrase-stdin, "
                                  "or --sign none",
                                  account->name)
               : g_strdup_printf ("gpg --quick-gen-key ADDRESS, or letterlock account edit %s "
                                  "--sign none",
                                  account->name);
  add_line (lines, "signature", account->name, reason, remedy);
}

void
ll_certificates_check (LlPipeline *pipeline, GVariantBuilder *lines)
{
  g_autoptr (LlConfig) config = ll_pipeline_config (pipeline);

  for (guint i = 0; i < config->accounts->len; i++)
    {
      const LlAccount *account = g_ptr_array_index (config->accounts, i);
      g_autoptr (LlOwn) own = ll_own_of (pipeline, account->name);

      if (own != NULL)
        check_certificate (lines, account->name, own->key);
      check_signature (pipeline, lines, account, own);
    }
}
