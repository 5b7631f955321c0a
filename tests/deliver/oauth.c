/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "deliver/oauth-secrets.h"
#include "deliver/result.h"

#include <string.h>

/*
 * When a token is renewed, and what becomes of the permission. This program is linked with a clock,
 * a token server and a secret store of its own in front; the real ones are in
 * tests/system/oauth.py.
 */

static struct
{
  GMutex lock;
  GCond changed;
  gint64 now;
  const char *denial;  /* what the token server says instead of a token, or NULL */
  gboolean closed;     /* the token server does not answer yet */
  guint given;         /* tokens */
  gboolean locked;     /* the keyring */
  gboolean full;       /* the disk */
  char *kept;          /* the refresh token in the store */
  GString *said;       /* who was asked for what, in its order */
  LlOauth *probed;     /* asked for a token while the new permission is being stored */
  gboolean was_usable; /* ... which got one */
} world;

static LlTarget target = { .account = (char *) "office", .key = (char *) "office" };

gint64 __wrap_ll_clock_boot (void);
LlHttps *__wrap_ll_https_new (void);
void __wrap_ll_https_free (LlHttps *https);
LlOauthReply *__wrap_ll_oauth_request (LlHttps *https,
                                       const char *url,
                                       const LlOauthField *fields,
                                       gsize n_fields,
                                       LlDeadline deadline,
                                       GCancellable *cancellable);
LlSecret *__wrap_ll_secret_store_lookup (LlSecretStore *store,
                                         const char *purpose,
                                         const char *name,
                                         GCancellable *cancellable,
                                         GError **error);
gboolean __wrap_ll_secret_store_save (LlSecretStore *store,
                                      const char *purpose,
                                      const char *name,
                                      const LlSecret *secret,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean __wrap_ll_secret_store_save_here (LlSecretStore *store,
                                           const char *purpose,
                                           const char *name,
                                           const LlSecret *secret,
                                           GError **error);

static void
say (const char *who, const char *what)
{
  g_mutex_lock (&world.lock);
  g_string_append_printf (world.said, "%s%s %s", world.said->len > 0 ? ", " : "", who, what);
  g_cond_broadcast (&world.changed);
  g_mutex_unlock (&world.lock);
}

gint64
__wrap_ll_clock_boot (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&world.lock);

  return world.now;
}

LlHttps *
__wrap_ll_https_new (void)
{
  return NULL;
}

void
__wrap_ll_https_free (LlHttps *https)
{
}

static LlOauthReply *
new_reply (LlOauthOutcome outcome)
{
  LlOauthReply *reply = g_new0 (LlOauthReply, 1);

  reply->outcome = outcome;
  reply->answer = g_new0 (LlOauthAnswer, 1);
  return reply;
}

static LlSecret *
numbered (const char *what, guint number)
{
  g_autofree char *text = g_strdup_printf ("%s%u", what, number);

  return ll_secret_new_string (text);
}

/* "r1" is shown, "a1" and "r2" are given, and so on. */
LlOauthReply *
__wrap_ll_oauth_request (LlHttps *https,
                         const char *url,
                         const LlOauthField *fields,
                         gsize n_fields,
                         LlDeadline deadline,
                         GCancellable *cancellable)
{
  LlOauthReply *reply;

  g_assert_cmpstr (fields[1].name, ==, "refresh_token");
  say ("ask", fields[1].value);
  g_mutex_lock (&world.lock);
  while (world.closed)
    g_cond_wait (&world.changed, &world.lock);
  reply = new_reply (world.denial != NULL ? LL_OAUTH_DENIED : LL_OAUTH_GIVEN);
  reply->answer->error = g_strdup (world.denial);
  reply->answer->lifetime = 3600;
  if (world.denial == NULL)
    {
      world.given++;
      reply->answer->access = numbered ("a", world.given);
      reply->answer->refresh = numbered ("r", world.given + 1);
    }
  g_mutex_unlock (&world.lock);
  return reply;
}

LlSecret *
__wrap_ll_secret_store_lookup (LlSecretStore *store,
                               const char *purpose,
                               const char *name,
                               GCancellable *cancellable,
                               GError **error)
{
  if (strcmp (purpose, LL_OAUTH_REFRESH) == 0)
    return ll_secret_new_string (world.kept);
  g_set_error_literal (error, LL_SECRET_ERROR, LL_SECRET_ERROR_ABSENT, "There is none");
  return NULL;
}

static gpointer
probe_thread (gpointer data)
{
  g_autoptr (GCancellable) at_once = g_cancellable_new ();
  LlResult *problem = NULL;
  LlSecret *token;

  g_cancellable_cancel (at_once);
  token = ll_oauth_token (data, &target, NULL, LL_DEADLINE_NEVER, at_once, &problem);
  ll_result_free (problem);
  if (token == NULL)
    return GINT_TO_POINTER (FALSE);
  ll_secret_free (token);
  return GINT_TO_POINTER (TRUE);
}

static gboolean
keep (const LlSecret *secret)
{
  g_free (world.kept);
  world.kept = g_strdup (ll_secret_peek (secret));
  return TRUE;
}

gboolean
__wrap_ll_secret_store_save (LlSecretStore *store,
                             const char *purpose,
                             const char *name,
                             const LlSecret *secret,
                             GCancellable *cancellable,
                             GError **error)
{
  say ("keyring", ll_secret_peek (secret));
  if (world.probed != NULL)
    world.was_usable
        = GPOINTER_TO_INT (g_thread_join (g_thread_new ("probe", probe_thread, world.probed)));
  return !world.locked && keep (secret);
}

gboolean
__wrap_ll_secret_store_save_here (LlSecretStore *store,
                                  const char *purpose,
                                  const char *name,
                                  const LlSecret *secret,
                                  GError **error)
{
  say ("file", ll_secret_peek (secret));
  return !world.full && keep (secret);
}

/* -- the cases ------------------------------------------------------------------------------- */

static LlOauth *
begin (void)
{
  static const LlUpstreamOptions options = { NULL };

  g_clear_pointer (&world.kept, g_free);
  if (world.said != NULL)
    g_string_free (world.said, TRUE);
  world.now = 1000;
  world.denial = NULL;
  world.closed = FALSE;
  world.given = 0;
  world.locked = FALSE;
  world.full = FALSE;
  world.kept = g_strdup ("r1");
  world.said = g_string_new (NULL);
  world.probed = NULL;
  world.was_usable = FALSE;
  return ll_oauth_new (&options);
}

static void
pass (gint64 seconds)
{
  g_mutex_lock (&world.lock);
  world.now += seconds;
  g_mutex_unlock (&world.lock);
}

static void
expect_said (const char *said)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&world.lock);

  g_assert_cmpstr (world.said->str, ==, said);
}

/* @refused, @wanted: "a1" or NULL. (transfer full) the problem */
static LlResult *
ask (LlOauth *oauth, const char *refused, const char *wanted)
{
  g_autoptr (LlSecret) old = refused != NULL ? ll_secret_new_string (refused) : NULL;
  LlResult *problem = NULL;
  g_autoptr (LlSecret) token
      = ll_oauth_token (oauth, &target, old, LL_DEADLINE_NEVER, NULL, &problem);

  g_assert_cmpstr (token != NULL ? ll_secret_peek (token) : NULL, ==, wanted);
  return problem;
}

static void
expect_token (LlOauth *oauth, const char *refused, const char *wanted)
{
  g_assert_null (ask (oauth, refused, wanted));
}

/* Five minutes before its end it is renewed, and served meanwhile. */
static void
test_ahead (void)
{
  g_autoptr (LlOauth) oauth = begin ();

  expect_token (oauth, NULL, "a1");
  pass (3600 - LL_OAUTH_AHEAD - 1);
  expect_token (oauth, NULL, "a1");
  expect_said ("ask r1, keyring r2");
  world.closed = TRUE;
  pass (1);
  expect_token (oauth, NULL, "a1");
  expect_token (oauth, NULL, "a1");
  g_mutex_lock (&world.lock);
  while (strstr (world.said->str, "ask r2") == NULL)
    g_cond_wait (&world.changed, &world.lock);
  world.closed = FALSE;
  g_cond_broadcast (&world.changed);
  g_mutex_unlock (&world.lock);
  expect_token (oauth, "a1", "a2"); /* it waits for the one that is under way */
  expect_said ("ask r1, keyring r2, ask r2, keyring r3");
}

/* What the mail server refuses is renewed once it is not young any more. */
static void
test_refused (void)
{
  g_autoptr (LlOauth) oauth = begin ();

  expect_token (oauth, NULL, "a1");
  pass (LL_OAUTH_YOUNG - 1);
  g_assert_null (ask (oauth, "a1", NULL));
  expect_token (oauth, NULL, "a1");
  pass (1);
  expect_token (oauth, "a1", "a2");
  expect_token (oauth, "a1", "a2"); /* another letter had the old one, too */
  expect_said ("ask r1, keyring r2, ask r2, keyring r3");
}

/* "No" of the token server is what a person hears, not the mail server's words. */
static void
test_taken_back (void)
{
  g_autoptr (LlOauth) oauth = begin ();
  LlResult *problem;

  expect_token (oauth, NULL, "a1");
  pass (LL_OAUTH_YOUNG);
  world.denial = "invalid_grant";
  problem = ask (oauth, "a1", NULL);
  g_assert_cmpint (problem->outcome, ==, LL_OUTCOME_AUTH);
  g_assert_nonnull (strstr (problem->text, "has to sign in at the provider again"));
  ll_result_free (problem);
}

/* A token that still serves asks no more for an hour after a no, however many letters use it. */
static void
test_denied (void)
{
  g_autoptr (LlOauth) oauth = begin ();
  LlResult *problem;

  expect_token (oauth, NULL, "a1");
  world.denial = "invalid_grant";
  pass (3595);
  problem = ask (oauth, NULL, NULL);
  g_assert_nonnull (problem);
  ll_result_free (problem);
  pass (-100);
  for (guint i = 0; i < 3; i++)
    expect_token (oauth, NULL, "a1");
  g_clear_pointer (&oauth, ll_oauth_free); /* waits for what is under way */
  expect_said ("ask r1, keyring r2, ask r2");
}

/* The new permission is stored before anybody gets the token that came with it. */
static void
test_order (void)
{
  g_autoptr (LlOauth) oauth = begin ();

  world.probed = oauth;
  expect_token (oauth, NULL, "a1");
  g_assert_false (world.was_usable);
  expect_said ("ask r1, keyring r2");
}

/* A keyring that was locked in between: the file keeps it. */
static void
test_locked (void)
{
  g_autoptr (LlOauth) oauth = begin ();

  world.locked = TRUE;
  expect_token (oauth, NULL, "a1");
  expect_said ("ask r1, keyring r2, file r2");
  pass (3600);
  expect_token (oauth, NULL, "a2");
  expect_said ("ask r1, keyring r2, file r2, ask r2, keyring r3, file r3");
}

/* Nobody takes it: it is used from memory, and tried there again before. */
static void
test_nowhere (void)
{
  g_autoptr (LlOauth) oauth = begin ();

  world.locked = TRUE;
  world.full = TRUE;
  expect_token (oauth, NULL, "a1");
  g_assert_cmpstr (world.kept, ==, "r1");
  world.full = FALSE;
  pass (3600);
  expect_token (oauth, NULL, "a2");
  expect_said ("ask r1, keyring r2, file r2, keyring r2, file r2, ask r2, keyring r3, file r3");
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/oauth/ahead", test_ahead);
  g_test_add_func ("/deliver/oauth/refused", test_refused);
  g_test_add_func ("/deliver/oauth/taken-back", test_taken_back);
  g_test_add_func ("/deliver/oauth/denied", test_denied);
  g_test_add_func ("/deliver/oauth/order", test_order);
  g_test_add_func ("/deliver/oauth/locked", test_locked);
  g_test_add_func ("/deliver/oauth/nowhere", test_nowhere);
  result = g_test_run ();
  g_string_free (world.said, TRUE);
  g_free (world.kept);
  return result;
}
