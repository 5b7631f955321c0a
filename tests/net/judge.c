/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/judge.h"

#include <string.h>

/*
 * Contacts are written as words: "+" greeted, "t" timeout, "r" refused, "f" foreign,
 * "s" stripped, then the address; "c" in front: a control host.
 */
static const struct
{
  const char *id;
  const char *contacts;
  gboolean has_control;
  gboolean portal;
  gboolean offline;
  LlNetworkState state;
} cases[] = {
  { "nothing seen", "", TRUE, FALSE, FALSE, LL_NETWORK_UNTESTED },
  { "one greeting proves it open", "+192.0.2.1", TRUE, FALSE, FALSE, LL_NETWORK_OPEN },
  { "a greeting outweighs silence", "ct192.0.2.1 t198.51.100.1 t203.0.113.1 t8.8.8.8 +9.9.9.9",
    TRUE, FALSE, FALSE, LL_NETWORK_OPEN },
  { "silence of control hosts alone", "ct192.0.2.1 ct198.51.100.1", TRUE, FALSE, FALSE,
    LL_NETWORK_UNTESTED },
  { "silence of recipients alone", "t192.0.2.1 t198.51.100.1 t203.0.113.1 t8.8.8.8", TRUE, FALSE,
    FALSE, LL_NETWORK_UNTESTED },
  { "control hosts and two recipients", "ct9.9.9.9 t192.0.2.1 t198.51.100.1", TRUE, FALSE, FALSE,
    LL_NETWORK_UNTESTED },
  { "control hosts and three recipients", "ct9.9.9.9 t192.0.2.1 t198.51.100.1 t203.0.113.1", TRUE,
    FALSE, FALSE, LL_NETWORK_BLOCKED },
  { "three addresses of one network", "ct9.9.9.9 t192.0.2.1 t192.0.2.2 t192.0.2.3", TRUE, FALSE,
    FALSE, LL_NETWORK_UNTESTED },
  { "three of one IPv6 network", "ct9.9.9.9 t2001:db8::1 t2001:db8::2 t2001:db8:0:9::3", TRUE,
    FALSE, FALSE, LL_NETWORK_UNTESTED },
  { "three IPv6 networks", "ct9.9.9.9 t2001:db8:1::1 t2001:db8:2::1 t2001:db8:3::1", TRUE, FALSE,
    FALSE, LL_NETWORK_BLOCKED },
  { "the same address thrice", "ct9.9.9.9 t192.0.2.1 t192.0.2.1 t192.0.2.1", TRUE, FALSE, FALSE,
    LL_NETWORK_UNTESTED },
  { "a firewall that rejects", "cr9.9.9.9 r192.0.2.1 r198.51.100.1 r203.0.113.1", TRUE, FALSE,
    FALSE, LL_NETWORK_BLOCKED },
  { "no control hosts: recipients judge", "t192.0.2.1 t198.51.100.1 t203.0.113.1", FALSE, FALSE,
    FALSE, LL_NETWORK_BLOCKED },
  { "no control hosts: two are too few", "t192.0.2.1 t198.51.100.1", FALSE, FALSE, FALSE,
    LL_NETWORK_UNTESTED },
  { "foreign certificate of a control host", "cf9.9.9.9", TRUE, FALSE, FALSE,
    LL_NETWORK_REDIRECTED },
  { "greetings do not lift it", "cf9.9.9.9 +192.0.2.1", TRUE, FALSE, FALSE, LL_NETWORK_REDIRECTED },
  { "another control host does", "cf9.9.9.9 c+8.8.8.8", TRUE, FALSE, FALSE, LL_NETWORK_OPEN },
  { "control host without STARTTLS", "cs9.9.9.9 +192.0.2.1", TRUE, FALSE, FALSE,
    LL_NETWORK_STRIPPED },
  { "redirected before stripped", "cs9.9.9.9 cf8.8.8.8", TRUE, FALSE, FALSE,
    LL_NETWORK_REDIRECTED },
  { "a recipient's bad certificate says nothing", "f192.0.2.1", TRUE, FALSE, FALSE,
    LL_NETWORK_OPEN },
  { "portal", "ct9.9.9.9 t192.0.2.1 t198.51.100.1 t203.0.113.1", TRUE, TRUE, FALSE,
    LL_NETWORK_PORTAL },
  { "portal, but mail goes", "+192.0.2.1", TRUE, TRUE, FALSE, LL_NETWORK_OPEN },
  { "offline before portal", "", TRUE, TRUE, TRUE, LL_NETWORK_OFFLINE },
  { "not an address", "ct9.9.9.9 tx ty tz", TRUE, FALSE, FALSE, LL_NETWORK_BLOCKED },
};

static LlContact
contact_of (char sign)
{
  switch (sign)
    {
    case '+':
      return LL_CONTACT_GREETED;
    case 't':
      return LL_CONTACT_TIMEOUT;
    case 'r':
      return LL_CONTACT_REFUSED;
    case 'f':
      return LL_CONTACT_FOREIGN;
    case 's':
      return LL_CONTACT_STRIPPED;
    default:
      g_assert_not_reached ();
    }
}

static void
report_all (LlJudge *judge, const char *contacts)
{
  g_auto (GStrv) words = g_strsplit (contacts, " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean control = words[i][0] == 'c';
      const char *rest = words[i] + (control ? 1 : 0);

      ll_judge_report (judge, rest + 1, contact_of (rest[0]), control);
    }
}

static void
test_judge (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlJudge judge;

      g_test_message ("%s", cases[i].id);
      ll_judge_init (&judge);
      report_all (&judge, cases[i].contacts);
      g_assert_cmpint (ll_judge_state (&judge, cases[i].has_control, cases[i].portal,
                                       cases[i].offline),
                       ==, cases[i].state);
      ll_judge_clear (&judge);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/judge/table", test_judge);
  return g_test_run ();
}
