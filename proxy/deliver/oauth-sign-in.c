/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-sign-in.h"

#include "api/intl.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/oauth-loopback.h"
#include "deliver/sign-in-words.h"

#include <openssl/rand.h>
#include <string.h>

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

/* RFC 7636 7.1: 256 bits; 4.1: base64url of them has 43 letters. */
#define RANDOM_BYTES 32

typedef struct
{
  LlOauth *oauth;
  const LlTarget *target;
  LlOauthTell tell;
  gpointer data;
  LlDeadline deadline;
  GCancellable *cancellable;
  LlSecret *client_secret; /* or NULL */
} Ceremony;

static gboolean
fail (GError **error, LlApiError code, const char *sentence)
{
  g_set_error_literal (error, LL_API_ERROR, (int) code, sentence);
  return FALSE;
}

/* RFC 4648 5, without padding. */
static char *
base64url (const guint8 *bytes, gsize length)
{
  char *text = g_base64_encode (bytes, length);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

static LlSecret *
random_text (void)
{
  guint8 bytes[RANDOM_BYTES];
  char *text;
  LlSecret *secret;

  if (RAND_bytes (bytes, sizeof bytes) != 1)
    return NULL;
  text = base64url (bytes, sizeof bytes);
  secret = ll_secret_new_string (text);
  ll_secret_wipe_text (text);
  ll_secret_wipe ((char *) bytes, sizeof bytes);
  return secret;
}

/* S256 (RFC 7636 4.2). */
static char *
challenge_of (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) verifier, (gssize) strlen (verifier));
  g_checksum_get_digest (checksum, digest, &length);
  return base64url (digest, length);
}

/* -- what came of it ------------------------------------------------------------------------- */

static gboolean
explain (const LlOauthReply *reply, GError **error)
{
  const LlOauthAnswer *answer = reply->answer;

  if (reply->outcome != LL_OAUTH_DENIED)
    return fail (error, LL_API_ERROR_UNAVAILABLE, reply->detail);
  g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "%s (%s)",
               ll_oauth_words (answer->error, answer->description),
               answer->description != NULL ? answer->description : answer->error);
  return FALSE;
}

/* The first scope that was asked for and not given; NULL: none. What only asks for a kind of answer
 * is not listed among what was given. (transfer full) */
static char *
missing_scope (const char *asked, const char *given)
{
  static const char *const kinds[] = { "offline_access", "openid", "profile", "email", NULL };
  g_auto (GStrv) wanted = g_strsplit (asked != NULL ? asked : "", " ", -1);
  g_autofree char *lower = g_ascii_strdown (given, -1);
  g_auto (GStrv) got = g_strsplit (lower, " ", -1);

  for (guint i = 0; wanted[i] != NULL; i++)
    {
      g_autofree char *one = g_ascii_strdown (wanted[i], -1);

      if (*one != '\0' && !g_strv_contains (kinds, one)
          && !g_strv_contains ((const char *const *) got, one))
        return g_strdup (wanted[i]);
    }
  return NULL;
}

/* A permission that could not be renewed would end in an hour: better said now. */
static gboolean
keep (Ceremony *ceremony, LlOauthAnswer *answer, GError **error)
{
  g_autofree char *missing
      = answer->scope != NULL ? missing_scope (ceremony->target->scope, answer->scope) : NULL;

  if (missing != NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED,
                   "the permission was given without \"%s\", which sending needs: sign in again, "
                   "and agree to all of it",
                   missing);
      return FALSE;
    }
  if (answer->access == NULL || answer->refresh == NULL)
    return fail (error, LL_API_ERROR_REFUSED,
                 N_ ("the provider gave no permission that lasts (a refresh token); its scope may "
                     "have to contain offline_access"));
  if (g_cancellable_set_error_if_cancelled (ceremony->cancellable, error))
    return FALSE; /* the account may be gone */
  return ll_oauth_keep (ceremony->oauth, ceremony->target, answer, ceremony->cancellable, error);
}

/* One question of the length that one question takes. */
static LlOauthReply *
ask (Ceremony *ceremony, const char *url, const LlOauthField *fields, gsize n)
{
  return ll_oauth_request (ll_oauth_https (ceremony->oauth), url, fields, n,
                           ll_deadline_earlier (ceremony->deadline,
                                                ll_deadline_in (LL_OAUTH_TIMEOUT)),
                           ceremony->cancellable);
}

static const char *
peek (const LlSecret *secret)
{
  return secret != NULL ? ll_secret_peek (secret) : NULL;
}

/* -- in the browser ---------------------------------------------------------------------- */

static void
add_parameter (GString *address, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (address, "&%s=", name);
  g_string_append_uri_escaped (address, value, NULL, FALSE);
}

static char *
browser_address (const LlTarget *target,
                 const char *redirect,
                 const char *state,
                 const char *challenge)
{
  const LlOauth2Preset *preset = ll_oauth2_preset (target->oauth2);
  g_autoptr (GString) address = g_string_new (target->authorization_url);

  g_string_append (address, strchr (target->authorization_url, '?') != NULL ? "&" : "?");
  g_string_append (address, "response_type=code");
  add_parameter (address, "client_id", target->client_id);
  add_parameter (address, "redirect_uri", redirect);
  add_parameter (address, "scope", target->scope);
  add_parameter (address, "state", state);
  add_parameter (address, "code_challenge", challenge);
  add_parameter (address, "code_challenge_method", "S256");
  add_parameter (address, "login_hint", target->username);
  g_string_append (address, preset != NULL ? preset->more : "");
  return g_strdup (address->str);
}

static gboolean
exchange (Ceremony *ceremony,
          const LlOauthRedirect *redirect,
          const char *address,
          const char *verifier,
          GError **error)
{
  const LlOauthField fields[] = {
    { "grant_type", "authorization_code" },
    { "code", peek (redirect->code) },
    { "redirect_uri", address },
    { "client_id", ceremony->target->client_id },
    { "client_secret", peek (ceremony->client_secret) },
    { "code_verifier", verifier },
  };
  g_autoptr (LlOauthReply) reply = NULL;

  if (redirect->error != NULL)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_REFUSED, "%s (%s)",
                   ll_oauth_words (redirect->error, redirect->description), redirect->error);
      return FALSE;
    }
  reply = ask (ceremony, ceremony->target->token_url, fields, G_N_ELEMENTS (fields));
  if (reply->outcome != LL_OAUTH_GIVEN)
    return explain (reply, error);
  return keep (ceremony, reply->answer, error);
}

static gboolean
sign_in_by_browser (Ceremony *ceremony, GError **error)
{
  const LlTarget *target = ceremony->target;
  const LlOauth2Preset *preset = ll_oauth2_preset (target->oauth2);
  g_autoptr (LlOauthLoopback) loopback = NULL;
  g_autoptr (LlSecret) verifier = random_text ();
  g_autoptr (LlSecret) state = random_text ();
  g_autofree char *challenge = NULL;
  g_autofree char *address = NULL;
  g_autoptr (LlOauthRedirect) redirect = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean done;

  if (target->authorization_url == NULL)
    return fail (error, LL_API_ERROR_REFUSED,
                 N_ ("the account has no authorization-url: sign in with --device"));
  if (verifier == NULL || state == NULL)
    return fail (error, LL_API_ERROR_FAILED, N_ ("there are no random numbers"));
  loopback = ll_oauth_loopback_new (preset != NULL ? preset->redirect : "127.0.0.1", error);
  if (loopback == NULL)
    return FALSE;
  challenge = challenge_of (ll_secret_peek (verifier));
  address = browser_address (target, ll_oauth_loopback_address (loopback), ll_secret_peek (state),
                             challenge);
  ceremony->tell (address, NULL, ceremony->data);
  redirect = ll_oauth_loopback_wait (loopback, ll_secret_peek (state), ceremony->deadline,
                                     ceremony->cancellable, error);
  if (redirect == NULL)
    return FALSE;
  done = exchange (ceremony, redirect, ll_oauth_loopback_address (loopback),
                   ll_secret_peek (verifier), &problem);
  ll_oauth_loopback_answer (loopback, done ? NULL : problem->message);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&problem));
  return done;
}

/* -- on another device ---------------------------------------------------------------------- */

/* FALSE: cancelled. */
static gboolean
rest (Ceremony *ceremony, guint seconds, GError **error)
{
  LlDeadline end = ll_deadline_earlier (ceremony->deadline, ll_deadline_in ((int) seconds * 1000));
  GPollFD cancelled;

  if (ceremony->cancellable != NULL
      && g_cancellable_make_pollfd (ceremony->cancellable, &cancelled))
    {
      while (ll_deadline_left (end) > 0 && g_poll (&cancelled, 1, ll_deadline_left (end)) < 0)
        ;
      g_cancellable_release_fd (ceremony->cancellable);
    }
  else
    g_usleep ((gulong) ll_deadline_left (end) * 1000);
  return !g_cancellable_set_error_if_cancelled (ceremony->cancellable, error);
}

/* RFC 8628 3.5. No answer is no answer: it is asked again, less often. */
static gboolean
must_ask_again (const LlOauthReply *reply, guint *interval)
{
  if (reply->outcome == LL_OAUTH_UNREACHABLE)
    {
      *interval = MIN (*interval * 2, LL_OAUTH_INTERVAL_MAX);
      return TRUE;
    }
  if (reply->outcome != LL_OAUTH_DENIED)
    return FALSE;
  if (strcmp (reply->answer->error, "slow_down") == 0)
    {
      *interval += LL_OAUTH_INTERVAL;
      return TRUE;
    }
  return strcmp (reply->answer->error, "authorization_pending") == 0;
}

static gboolean
poll_device (Ceremony *ceremony, const LlOauthAnswer *device, GError **error)
{
  const LlOauthField fields[] = {
    { "grant_type", DEVICE_GRANT },
    { "device_code", peek (device->device_code) },
    { "client_id", ceremony->target->client_id },
    { "client_secret", peek (ceremony->client_secret) },
  };
  guint interval = device->interval > 0 ? device->interval : LL_OAUTH_INTERVAL;
  LlDeadline end
      = device->lifetime > 0 ? ll_deadline_in ((int) device->lifetime * 1000) : LL_DEADLINE_NEVER;

  ceremony->deadline = ll_deadline_earlier (ceremony->deadline, end);
  for (;;)
    {
      g_autoptr (LlOauthReply) reply = NULL;

      if (!rest (ceremony, interval, error))
        return FALSE;
      if (ll_deadline_left (ceremony->deadline) == 0)
        return fail (error, LL_API_ERROR_UNAVAILABLE, N_ ("the code was not typed in time"));
      reply = ask (ceremony, ceremony->target->token_url, fields, G_N_ELEMENTS (fields));
      if (must_ask_again (reply, &interval))
        continue;
      if (reply->outcome != LL_OAUTH_GIVEN)
        return explain (reply, error);
      return keep (ceremony, reply->answer, error);
    }
}

static gboolean
sign_in_by_device (Ceremony *ceremony, GError **error)
{
  const LlTarget *target = ceremony->target;
  const LlOauthField fields[] = {
    { "client_id", target->client_id },
    { "scope", target->scope },
  };
  g_autoptr (LlOauthReply) reply = NULL;

  if (target->device_url == NULL)
    return fail (error, LL_API_ERROR_REFUSED,
                 target->oauth2 == LL_OAUTH2_GOOGLE
                     ? N_ ("Google does not allow a sign-in by device code for mail: sign in in a "
                           "browser on this machine")
                     : N_ ("the account has no device-url: sign in in a browser on this machine"));
  reply = ask (ceremony, target->device_url, fields, G_N_ELEMENTS (fields));
  if (reply->outcome != LL_OAUTH_GIVEN)
    return explain (reply, error);
  if (reply->answer->device_code == NULL || reply->answer->user_code == NULL
      || reply->answer->verification == NULL)
    return fail (error, LL_API_ERROR_UNAVAILABLE,
                 N_ ("the provider's sign-in gave an answer that makes no sense"));
  ceremony->tell (reply->answer->verification, reply->answer->user_code, ceremony->data);
  return poll_device (ceremony, reply->answer, error);
}

gboolean
ll_oauth_sign_in (LlOauth *oauth,
                  const LlTarget *target,
                  gboolean device,
                  LlOauthTell tell,
                  gpointer data,
                  LlDeadline deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GError) locked = NULL;
  g_autoptr (LlSecret) secret
      = ll_oauth_client_secret (oauth, target->account, cancellable, &locked);
  Ceremony ceremony = { oauth, target, tell, data, deadline, cancellable, secret };

  if (locked != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&locked));
      return FALSE;
    }
  return device ? sign_in_by_device (&ceremony, error) : sign_in_by_browser (&ceremony, error);
}
