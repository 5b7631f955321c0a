/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/judge.h"

#include <arpa/inet.h>

/* More addresses prove nothing more. */
#define FAILED_MAX 64

void
ll_judge_init (LlJudge *judge)
{
  *judge = (LlJudge){ .failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
}

void
ll_judge_clear (LlJudge *judge)
{
  g_hash_table_unref (judge->failed);
  *judge = (LlJudge){ 0 };
}

/* Two addresses of one network may be one dead rack. NULL: no address. (transfer full) */
static char *
network_of (const char *address)
{
  guint8 bytes[16];

  /* a small net of one's own is not run by one hoster */
  if (ll_network_is_private (address))
    return g_strdup (address);
  if (inet_pton (AF_INET, address, bytes) == 1)
    return g_strdup_printf ("%u.%u.%u", bytes[0], bytes[1], bytes[2]);
  if (inet_pton (AF_INET6, address, bytes) == 1)
    return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3],
                            bytes[4], bytes[5]);
  return NULL;
}

static void
add_failed (LlJudge *judge, const char *address)
{
  char *network = network_of (address);

  if (network != NULL && g_hash_table_size (judge->failed) < FAILED_MAX)
    g_hash_table_add (judge->failed, network);
  else
    g_free (network);
}

void
ll_judge_report (LlJudge *judge, const char *address, LlContact contact, gboolean control)
{
  switch (contact)
    {
    case LL_CONTACT_GREETED:
      judge->greeted = TRUE;
      judge->control_greeted = judge->control_greeted || control;
      break;
    case LL_CONTACT_TIMEOUT:
    case LL_CONTACT_REFUSED:
      if (control)
        judge->control_failed++;
      else
        add_failed (judge, address);
      break;
    case LL_CONTACT_FOREIGN:
      judge->greeted = TRUE;
      if (control)
        judge->control_foreign++;
      else
        judge->suspicious = TRUE;
      break;
    case LL_CONTACT_STRIPPED:
      judge->greeted = TRUE;
      if (control)
        judge->control_stripped++;
      else
        judge->suspicious = TRUE;
      break;
    default:
      g_assert_not_reached ();
    }
}

LlNetworkState
ll_judge_state (const LlJudge *judge, gboolean has_control, gboolean portal, gboolean offline)
{
  if (judge->control_greeted)
    return LL_NETWORK_OPEN;
  if (judge->control_foreign > 0)
    return LL_NETWORK_REDIRECTED;
  if (judge->control_stripped > 0)
    return LL_NETWORK_STRIPPED;
  if (judge->greeted)
    return LL_NETWORK_OPEN;
  if (offline)
    return LL_NETWORK_OFFLINE;
  if (portal)
    return LL_NETWORK_PORTAL;
  if (g_hash_table_size (judge->failed) >= LL_JUDGE_UNRELATED_MIN
      && (!has_control || judge->control_failed > 0))
    return LL_NETWORK_BLOCKED;
  return LL_NETWORK_UNTESTED;
}
