/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bus/call.h"
#include "bus/doctor.h"
#include "bus/sender.h"

#include "api/names.h"
#include "base/error.h"
#include "wire/address.h"

#include <string.h>

/* A day: who wants more wants no end. */
#define PAUSE_MINUTES_MAX (24 * 60)

/* The whole: state, pause, checks, overrides, report, doctor. */

static GVariant *
status (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) state = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  GVariant *answer;

  if (call->actions->status == NULL)
    return ll_bus_cannot (error, "tell its state");
  answer = call->actions->status (call->actions->data, error);
  if (answer == NULL)
    return NULL;
  state = g_variant_take_ref (answer);
  g_variant_dict_clear (&dict);
  g_variant_dict_init (&dict, state);
  g_variant_dict_insert (&dict, "version", "s", LL_VERSION);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

static GVariant *
done_if (gboolean ok)
{
  return ok ? ll_bus_done () : NULL;
}

static GVariant *
pause_all (LlBusCall *call, GError **error)
{
  if (call->actions->pause == NULL)
    return ll_bus_cannot (error, "pause");
  return done_if (call->actions->pause (call->actions->data, 0, error));
}

static GVariant *
pause_for (LlBusCall *call, GError **error)
{
  guint minutes;

  g_variant_get (call->arguments, "(u)", &minutes);
  if (minutes < 1 || minutes > PAUSE_MINUTES_MAX)
    {
      g_set_error (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                   "a pause lasts 1 to %d minutes; without a time, until you go on",
                   PAUSE_MINUTES_MAX);
      return NULL;
    }
  if (call->actions->pause == NULL)
    return ll_bus_cannot (error, "pause");
  return done_if (call->actions->pause (call->actions->data, minutes, error));
}

static GVariant *
resume_all (LlBusCall *call, GError **error)
{
  if (call->actions->resume == NULL)
    return ll_bus_cannot (error, "resume");
  return done_if (call->actions->resume (call->actions->data, error));
}

/* What could lock a letter to one person, looked for beside the check of the way. */
typedef struct
{
  LlBusCall *call;
  char *address; /* normalised; NULL: a domain was asked for */
  GThread *thread;
  GVariant *keys; /* aa{sv}, or NULL and reason */
  GError *reason;
} Locks;

static gpointer
locks_thread (gpointer data)
{
  Locks *locks = data;
  GVariant *keys
      = locks->call->actions->keys (locks->call->actions->data, locks->address, &locks->reason);

  locks->keys = keys != NULL ? g_variant_take_ref (keys) : NULL;
  return NULL;
}

static void
locks_start (Locks *locks, LlBusCall *call, const char *target)
{
  *locks = (Locks){ .call = call };
  if (strchr (target, '@') == NULL || call->actions->keys == NULL)
    return;
  locks->address = ll_address_normalise (target, NULL, NULL);
  if (locks->address != NULL)
    locks->thread = g_thread_new ("locks", locks_thread, locks);
}

static void
locks_finish (Locks *locks, GVariantDict *dict)
{
  if (locks->thread != NULL)
    g_thread_join (locks->thread);
  if (locks->keys != NULL && dict != NULL)
    g_variant_dict_insert_value (dict, "locks", locks->keys);
  if (locks->reason != NULL && dict != NULL)
    g_variant_dict_insert (dict, "locks_reason", "s", locks->reason->message);
  g_clear_pointer (&locks->keys, g_variant_unref);
  g_clear_error (&locks->reason);
  g_free (locks->address);
}

static GVariant *
check (LlBusCall *call, GError **error)
{
  LlBusProgressTo to = { .call = call, .signal = "CheckProgress" };
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) verdict = NULL;
  g_autofree char *domain = NULL;
  const char *target;
  GVariant *answer;
  Locks locks;

  g_variant_get (call->arguments, "(&su@a{sv})", &target, &to.cookie, NULL);
  domain = ll_bus_domain_of (target, error);
  if (domain == NULL)
    return NULL;
  if (call->actions->check == NULL)
    return ll_bus_cannot (error, "check a domain");
  locks_start (&locks, call, target);
  answer = call->actions->check (call->actions->data, domain,
                                 to.cookie != 0 ? ll_bus_progress_cb : NULL, &to, call->cancellable,
                                 error);
  if (answer == NULL)
    {
      locks_finish (&locks, NULL);
      return NULL;
    }
  verdict = g_variant_take_ref (answer);
  g_variant_dict_clear (&dict);
  g_variant_dict_init (&dict, verdict);
  if (strchr (target, '@') != NULL)
    g_variant_dict_insert (&dict, "address", "s", target);
  locks_finish (&locks, &dict);
  return ll_bus_reply (g_variant_dict_end (&dict));
}

static GVariant *
preview (LlBusCall *call, GError **error)
{
  static const char *const known[] = { "account", "sender", "tag", "mode", "rule", NULL };
  g_auto (GStrv) addresses = NULL;
  g_autoptr (GVariant) options = NULL;

  g_variant_get (call->arguments, "(^as@a{sv})", &addresses, &options);
  if (!ll_bus_check_keys (options, known, error))
    return NULL;
  if (call->actions->preview == NULL)
    return ll_bus_cannot (error, "look ahead");
  return ll_bus_reply (call->actions->preview (call->actions->data, (const char *const *) addresses,
                                               options, call->cancellable, error));
}

static GVariant *
override_add (LlBusCall *call, GError **error)
{
  g_autofree char *domain = NULL;
  const char *target;
  const char *reason;
  guint32 days;

  g_variant_get (call->arguments, "(&s&su)", &target, &reason, &days);
  domain = ll_bus_domain_of (target, error);
  if (domain == NULL)
    return NULL;
  if (days < 1 || days > 30 || reason[strspn (reason, " \t\r\n")] == '\0')
    {
      g_set_error_literal (error, LL_API_ERROR, LL_API_ERROR_INVALID,
                           "An override needs a reason, and lasts 1 to 30 days");
      return NULL;
    }
  if (call->actions->override == NULL)
    return ll_bus_cannot (error, "override");
  return ll_bus_reply (call->actions->override (call->actions->data, domain, reason, days, error));
}

static GVariant *
accept_change (LlBusCall *call, GError **error)
{
  g_autofree char *domain = NULL;
  const char *target;
  const char *reason;

  g_variant_get (call->arguments, "(&s&s)", &target, &reason);
  domain = ll_bus_domain_of (target, error);
  if (domain == NULL)
    return NULL;
  if (call->actions->accept_change == NULL)
    return ll_bus_cannot (error, "accept a change");
  return ll_bus_reply (
      call->actions->accept_change (call->actions->data, domain, reason, call->cancellable, error));
}

static GVariant *
override_list (LlBusCall *call, GError **error)
{
  if (call->actions->overrides == NULL)
    return ll_bus_cannot (error, "list overrides");
  return ll_bus_reply (call->actions->overrides (call->actions->data, error));
}

static GVariant *
override_remove (LlBusCall *call, GError **error)
{
  g_autofree char *domain = NULL;
  const char *target;

  g_variant_get (call->arguments, "(&s)", &target);
  domain = ll_bus_domain_of (target, error);
  if (domain == NULL)
    return NULL;
  if (call->actions->override_remove == NULL)
    return ll_bus_cannot (error, "end an override");
  return done_if (call->actions->override_remove (call->actions->data, domain, error));
}

static GVariant *
report (LlBusCall *call, GError **error)
{
  g_autoptr (GVariant) query = NULL;
  const char *format;
  char *document;

  g_variant_get (call->arguments, "(@a{sv}&s)", &query, &format);
  if (call->actions->report == NULL)
    return ll_bus_cannot (error, "report");
  document = call->actions->report (call->actions->data, query, format, error);
  return document != NULL ? ll_bus_reply (g_variant_new_take_string (document)) : NULL;
}

static GVariant *
providers (LlBusCall *call, GError **error)
{
  if (call->actions->providers == NULL)
    return ll_bus_cannot (error, "list providers");
  return ll_bus_reply (call->actions->providers (call->actions->data, error));
}

static GVariant *
sender (LlBusCall *call, GError **error)
{
  g_autofree char *domain = NULL;
  g_autoptr (GVariant) options = NULL;
  const char *target;

  g_variant_get (call->arguments, "(&s@a{sv})", &target, &options);
  domain = ll_bus_domain_of (target, error);
  if (domain == NULL)
    return NULL;
  if (call->actions->resolver == NULL || call->actions->check == NULL)
    return ll_bus_cannot (error, "look at a sender's domain");
  return ll_bus_reply (ll_bus_sender (call->actions, domain, options, call->cancellable, error));
}

static GVariant *
doctor (LlBusCall *call, GError **error)
{
  return ll_bus_reply (ll_bus_doctor (call->actions, call->cancellable, error));
}

const LlBusMethod ll_bus_manager_methods[] = {
  { "Status", status },
  { "Pause", pause_all },
  { "PauseFor", pause_for },
  { "Resume", resume_all },
  { "Check", check },
  { "Preview", preview },
  { "Override", override_add },
  { "AcceptChange", accept_change },
  { "ListOverrides", override_list },
  { "RemoveOverride", override_remove },
  { "Report", report },
  { "Providers", providers },
  { "Sender", sender },
  { "Doctor", doctor },
  { NULL, NULL },
};
