/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/ladder.h"

#include "api/intl.h"
#include "net/resolvconf.h"

#include <sys/stat.h>

#define HEAD_START 800 /* ms before the next way joins in */
#define NETWORKS_MAX 32
#define SECOND_AGE (5 * G_USEC_PER_SEC)
/* One of several name servers may be the only one that is out of date: who is asked for a second
 * opinion may ask them all, as the failure is known by then (net/unbound.h). */
#define SECOND_RETRIES 5

void
ll_ladder_init (LlLadder *ladder, LlAnchor *anchor, const char *const *servers)
{
  ladder->anchor = anchor;
  ladder->configured = servers != NULL && servers[0] != NULL ? g_strdupv ((GStrv) servers) : NULL;
  ladder->testing = g_ptr_array_new_with_free_func ((GDestroyNotify) ll_path_free);
  ladder->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&ladder->events);
}

void
ll_ladder_reset (LlLadder *ladder)
{
  g_ptr_array_set_size (ladder->testing, 0);
  g_clear_pointer (&ladder->current, ll_path_free);
  g_clear_pointer (&ladder->plain, ll_path_free);
  g_clear_pointer (&ladder->second, ll_path_free);
  g_clear_pointer (&ladder->servers, g_strfreev);
  g_clear_pointer (&ladder->ways, g_array_unref);
  g_clear_pointer (&ladder->detail, g_free);
  ladder->phase = LL_LADDER_IDLE;
  ladder->state = LL_DNS_UNTESTED;
  ladder->captive = FALSE;
  ladder->second_same = FALSE;
}

void
ll_ladder_clear (LlLadder *ladder)
{
  ll_ladder_reset (ladder);
  g_ptr_array_unref (ladder->testing);
  g_hash_table_unref (ladder->memory);
  g_strfreev (ladder->configured);
  ll_anchor_free (ladder->anchor);
}

/* Changes with either file; the sum need not tell which. */
static gint64
resolvconf_stamp (void)
{
  static const char *const files[] = { "/etc/resolv.conf", "/run/systemd/resolve/resolv.conf" };
  gint64 stamp = 0;
  struct stat info;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (stat (files[i], &info) == 0)
      stamp += info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
  return stamp;
}

gboolean
ll_ladder_is_stale (LlLadder *ladder)
{
  return ladder->configured == NULL && ladder->phase != LL_LADDER_IDLE
         && ladder->stamp != resolvconf_stamp ();
}

/* The way that worked here before comes first, the others keep their order. */
static void
prefer_remembered (LlLadder *ladder)
{
  g_autofree char *key = g_strjoinv (" ", ladder->servers);
  gpointer value;

  if (!g_hash_table_lookup_extended (ladder->memory, key, NULL, &value))
    return;
  for (guint i = 1; i < ladder->ways->len; i++)
    if (g_array_index (ladder->ways, LlUnboundWay, i) == GPOINTER_TO_UINT (value))
      {
        LlUnboundWay way = GPOINTER_TO_UINT (value);

        g_array_remove_index (ladder->ways, i);
        g_array_prepend_val (ladder->ways, way);
        return;
      }
}

static void
remember (LlLadder *ladder)
{
  if (g_hash_table_size (ladder->memory) >= NETWORKS_MAX)
    g_hash_table_remove_all (ladder->memory);
  g_hash_table_insert (ladder->memory, g_strjoinv (" ", ladder->servers),
                       GUINT_TO_POINTER (ladder->current->way));
}

static void
start_next (LlLadder *ladder)
{
  LlPath *path = NULL;

  while (path == NULL && ladder->next_way < ladder->ways->len)
    path = ll_path_new (g_array_index (ladder->ways, LlUnboundWay, ladder->next_way++),
                        (const char *const *) ladder->servers, ladder->anchor, FALSE, 0,
                        &ladder->events);
  if (path != NULL)
    g_ptr_array_add (ladder->testing, path);
  ladder->next_start = ll_deadline_in (HEAD_START);
}

void
ll_ladder_begin (LlLadder *ladder)
{
  ll_ladder_reset (ladder);
  ladder->stamp = resolvconf_stamp ();
  if (ladder->configured != NULL)
    ladder->servers = g_strdupv (ladder->configured);
  else
    {
      g_autoptr (LlResolvConf) conf = ll_resolvconf_load (NULL);

      ladder->servers = g_steal_pointer (&conf->servers);
    }
  ladder->ways = ll_path_ladder ((const char *const *) ladder->servers, ladder->configured != NULL);
  prefer_remembered (ladder);
  ladder->next_way = 0;
  ladder->phase = LL_LADDER_TESTING;
  start_next (ladder);
}

/* CLOCK says most, SILENT least: the enum's order but for its ends. */
static int
weight (LlDnsState state)
{
  switch (state)
    {
    case LL_DNS_CLOCK:
      return 3;
    case LL_DNS_STRIPPED:
      return 2;
    case LL_DNS_SILENT:
      return 1;
    case LL_DNS_UNTESTED:
    case LL_DNS_VALIDATES:
    default:
      return 0;
    }
}

static void
fail (LlLadder *ladder)
{
  LlPath *worst = NULL;

  for (guint i = 0; i < ladder->testing->len; i++)
    {
      LlPath *path = ladder->testing->pdata[i];

      if (worst == NULL || weight (path->state) > weight (worst->state))
        worst = path;
    }
  ladder->phase = LL_LADDER_FAILED;
  ladder->tested = g_get_monotonic_time ();
  ladder->state = worst != NULL ? worst->state : LL_DNS_SILENT;
  ladder->detail = g_strdup (worst != NULL ? worst->detail : N_ ("There is no way to the DNS"));
  if (ladder->plain != NULL && ladder->plain->lies && ladder->state != LL_DNS_CLOCK)
    {
      ladder->captive = TRUE;
      ladder->state = LL_DNS_STRIPPED;
      g_free (ladder->detail);
      ladder->detail = g_strdup (ladder->plain->detail);
    }
  else if (ladder->plain != NULL && ladder->plain->speaks && ladder->state == LL_DNS_SILENT)
    {
      ladder->state = LL_DNS_STRIPPED;
      g_free (ladder->detail);
      ladder->detail = g_strdup (N_ ("The network's DNS answers, but not for the keys of DNSSEC"));
    }
  g_ptr_array_set_size (ladder->testing, 0);
}

static void
settle (LlLadder *ladder, guint winner)
{
  ladder->current = g_ptr_array_steal_index (ladder->testing, winner);
  g_ptr_array_set_size (ladder->testing, 0);
  g_clear_pointer (&ladder->plain, ll_path_free);
  ladder->phase = LL_LADDER_READY;
  ladder->state = LL_DNS_VALIDATES;
  ladder->tested = g_get_monotonic_time ();
  remember (ladder);
}

void
ll_ladder_step (LlLadder *ladder)
{
  gboolean all_settled = TRUE;

  if (ladder->phase != LL_LADDER_TESTING)
    return;
  for (guint i = 0; i < ladder->testing->len; i++)
    {
      LlPath *path = ladder->testing->pdata[i];

      if (!ll_path_settled (path))
        all_settled = FALSE;
      else if (path->state == LL_DNS_VALIDATES)
        {
          settle (ladder, i);
          return;
        }
    }
  if (ladder->next_way < ladder->ways->len
      && (all_settled || ll_deadline_left (ladder->next_start) == 0))
    {
      start_next (ladder);
      all_settled = FALSE;
    }
  if (ladder->plain == NULL && (ladder->testing->len > 1 || all_settled))
    {
      ladder->plain
          = ll_path_new (ladder->servers[0] != NULL ? LL_UNBOUND_FORWARD : LL_UNBOUND_RECURSE,
                         (const char *const *) ladder->servers, ladder->anchor, TRUE, 0,
                         &ladder->events);
      all_settled = all_settled && ladder->plain == NULL;
    }
  if (all_settled && (ladder->plain == NULL || ll_path_settled (ladder->plain)))
    fail (ladder);
}

/* Recursion asks nobody in this network; TCP cannot be answered by a stranger from the side. */
static LlUnboundWay
other_way (const LlLadder *ladder)
{
  switch (ladder->current->way)
    {
    case LL_UNBOUND_FORWARD:
      return ladder->configured != NULL ? LL_UNBOUND_FORWARD_TCP : LL_UNBOUND_RECURSE;
    case LL_UNBOUND_FORWARD_TLS:
      return ladder->configured != NULL ? LL_UNBOUND_FORWARD : LL_UNBOUND_RECURSE;
    case LL_UNBOUND_FORWARD_TCP:
      return ladder->configured != NULL ? LL_UNBOUND_FORWARD_TCP : LL_UNBOUND_RECURSE_TCP;
    case LL_UNBOUND_RECURSE:
    case LL_UNBOUND_RECURSE_TCP:
    default:
      return ladder->servers[0] != NULL ? LL_UNBOUND_FORWARD : ladder->current->way;
    }
}

LlPath *
ll_ladder_second (LlLadder *ladder)
{
  if (ladder->second != NULL && g_get_monotonic_time () - ladder->second->started < SECOND_AGE)
    return ladder->second;
  g_clear_pointer (&ladder->second, ll_path_free);
  ladder->second = ll_path_new (ladder->second_same ? ladder->current->way : other_way (ladder),
                                (const char *const *) ladder->servers, ladder->anchor, FALSE,
                                SECOND_RETRIES, &ladder->events);
  return ladder->second;
}

gboolean
ll_ladder_second_failed (LlLadder *ladder)
{
  gboolean more = ladder->second->way != ladder->current->way;

  g_clear_pointer (&ladder->second, ll_path_free);
  ladder->second_same = TRUE;
  return more;
}

LlDeadline
ll_ladder_due (LlLadder *ladder)
{
  LlDeadline due = LL_DEADLINE_NEVER;
  g_autoptr (GPtrArray) paths = ll_ladder_paths (ladder);

  for (guint i = 0; i < paths->len; i++)
    {
      LlPath *path = paths->pdata[i];

      if (path->state == LL_DNS_UNTESTED)
        due = ll_deadline_earlier (due, path->until);
    }
  if (ladder->phase == LL_LADDER_TESTING && ladder->next_way < ladder->ways->len)
    due = ll_deadline_earlier (due, ladder->next_start);
  return due;
}

GPtrArray *
ll_ladder_paths (LlLadder *ladder)
{
  GPtrArray *paths = g_ptr_array_new ();

  for (guint i = 0; i < ladder->testing->len; i++)
    g_ptr_array_add (paths, ladder->testing->pdata[i]);
  if (ladder->current != NULL)
    g_ptr_array_add (paths, ladder->current);
  if (ladder->plain != NULL)
    g_ptr_array_add (paths, ladder->plain);
  if (ladder->second != NULL)
    g_ptr_array_add (paths, ladder->second);
  return paths;
}
