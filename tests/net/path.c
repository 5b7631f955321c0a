/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "net/path.h"

#include "../support/dnslab.h"
#include "net/rdata.h"

#include <poll.h>

static const struct
{
  const char *id;
  LlFinding finding;
  gboolean secure;
  const char *reason;
  LlDnsState state;
  const char *words;
} tests[] = {
  { "validates", LL_FOUND, TRUE, NULL, LL_DNS_VALIDATES, NULL },
  { "no signatures", LL_FOUND, FALSE, NULL, LL_DNS_STRIPPED, "without signatures" },
  { "stripped", LL_BOGUS, FALSE, "no signatures from 127.0.0.53 for trust anchor .",
    LL_DNS_STRIPPED, "removes or changes" },
  { "old anchor", LL_BOGUS, FALSE, "no keys have a DS", LL_DNS_STRIPPED, "anchor is old" },
  { "expired", LL_BOGUS, FALSE, "signature expired from 127.0.0.1", LL_DNS_CLOCK, "clock" },
  { "not yet", LL_BOGUS, FALSE, "signature before inception date", LL_DNS_CLOCK, "clock" },
  { "no keys", LL_ABSENT, FALSE, NULL, LL_DNS_STRIPPED, "no keys" },
  { "silent", LL_UNKNOWN, FALSE, "SERVFAIL", LL_DNS_SILENT, "does not answer" },
};

static void
test_judge (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      LlAnswer answer = { .finding = tests[i].finding,
                          .secure = tests[i].secure,
                          .reason = (char *) tests[i].reason };
      g_autofree char *detail = NULL;

      g_test_message ("%s", tests[i].id);
      g_assert_cmpint (ll_path_judge (&answer, &detail), ==, tests[i].state);
      g_assert_cmpint (detail != NULL, ==, tests[i].words != NULL);
      if (tests[i].words != NULL)
        g_assert_nonnull (strstr (detail, tests[i].words));
    }
}

/* F forward, R recurse, t forward over TCP, r recurse over TCP, s forward over TLS */
static const struct
{
  const char *servers;
  gboolean configured;
  const char *ladder;
} ladders[] = {
  { "192.0.2.1", FALSE, "FRtrs" },
  { "", FALSE, "Rr" },
  { "192.0.2.1", TRUE, "Fts" },
  { "127.0.0.1@5353", TRUE, "Ft" },
};

static void
test_ladder (void)
{
  static const char signs[] = { [LL_UNBOUND_FORWARD] = 'F',
                                [LL_UNBOUND_RECURSE] = 'R',
                                [LL_UNBOUND_FORWARD_TCP] = 't',
                                [LL_UNBOUND_RECURSE_TCP] = 'r',
                                [LL_UNBOUND_FORWARD_TLS] = 's' };

  for (gsize i = 0; i < G_N_ELEMENTS (ladders); i++)
    {
      const char *servers[] = { ladders[i].servers[0] != '\0' ? ladders[i].servers : NULL, NULL };
      g_autoptr (GArray) ways = ll_path_ladder (servers, ladders[i].configured);
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint k = 0; k < ways->len; k++)
        g_string_append_c (text, signs[g_array_index (ways, LlUnboundWay, k)]);
      g_assert_cmpstr (text->str, ==, ladders[i].ladder);
    }
}

/* -- every way answers ----------------------------------------------------------------- */

static DnsLab lab;

static const struct
{
  const char *id;
  LlUnboundWay way;
  const char *server;
} ways[] = {
  { "forward", LL_UNBOUND_FORWARD, "resolver" },
  { "tcp", LL_UNBOUND_FORWARD_TCP, "tcponly" },
  { "dn16-tls", LL_UNBOUND_FORWARD_TLS, "tls" },
};

static LlPathEvent *
next_event (LlPath *path, GQueue *events)
{
  while (g_queue_is_empty (events))
    {
      struct pollfd fd = { .fd = ll_unbound_fd (path->unbound), .events = POLLIN };

      g_assert_cmpint (poll (&fd, 1, 30000), ==, 1);
      ll_unbound_process (path->unbound);
    }
  return g_queue_pop_head (events);
}

static void
test_way (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (LlAnchor) anchor = ll_anchor_load (dns_lab_get (&lab, "anchor"), &error);
  const char *servers[] = { dns_lab_get (&lab, ways[i].server), NULL };
  GQueue events = G_QUEUE_INIT;
  LlPath *path = ll_path_new (ways[i].way, servers, anchor, FALSE, 0, &events);
  LlPathEvent *event;

  g_assert_no_error (error);
  if (path == NULL && ways[i].way == LL_UNBOUND_FORWARD_TLS)
    {
      g_test_skip ("this libunbound was built without TLS");
      return;
    }
  event = next_event (path, &events);
  ll_path_tested (path, event->answer);
  ll_path_event_free (event);
  g_assert_true (ll_path_settled (path));
  g_assert_cmpint (path->state, ==, LL_DNS_VALIDATES);
  ll_path_free (path);
}

/* What validation will need is asked for beside the question, and nobody hears of it. */
static void
test_ahead (void)
{
  static const struct
  {
    const char *name;
    guint16 type;
    guint zones; /* whose keys were asked for so far */
  } questions[] = {
    { "dn01.lab", LL_RR_MX, 2 },          { "_mta-sts.dn01.lab", LL_RR_TXT, 2 },
    { "mx.dn01.lab", LL_RR_A, 2 },        { "mx.deep.dn06.lab", LL_RR_AAAA, 4 },
    { "a.b.c.d.e.f.g.lab", LL_RR_MX, 9 }, /* not the two longest of the eight */
  };
  g_autoptr (LlAnchor) anchor = ll_anchor_load (dns_lab_get (&lab, "anchor"), NULL);
  const char *servers[] = { dns_lab_get (&lab, "resolver"), NULL };
  GQueue events = G_QUEUE_INIT;
  LlPath *path = ll_path_new (LL_UNBOUND_FORWARD, servers, anchor, FALSE, 0, &events);
  LlPathEvent *test = next_event (path, &events);

  g_assert_null (test->data);
  ll_path_event_free (test);
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      LlPathEvent *event;
      int id;

      gint64 began = g_get_monotonic_time ();
      LlDeadline at = ll_path_prepare (path, questions[i].name, questions[i].type);
      gboolean new_ones = i == 0 || questions[i].zones > questions[i - 1].zones;

      /* keys that are new get a head start, and nothing waits for long */
      g_assert_cmpint (at, <=, g_get_monotonic_time () + 2000);
      g_assert_true (!new_ones || at > began);
      g_assert_cmpuint (g_hash_table_size (path->chain), ==, questions[i].zones);
      g_assert_true (
          ll_unbound_ask (path->unbound, questions[i].name, questions[i].type, &id, &id));
      event = next_event (path, &events);
      g_assert_true (event->data == &id);
      g_assert_cmpstr (event->answer->name, ==, questions[i].name);
      g_assert_cmpuint (event->answer->type, ==, questions[i].type);
      ll_path_event_free (event);
      g_assert_true (g_queue_is_empty (&events));
    }
  ll_path_free (path);
}

/* Freed with a question under way: its answer never comes, and nothing is left behind. */
static void
test_free_early (void)
{
  g_autoptr (LlAnchor) anchor = ll_anchor_load (dns_lab_get (&lab, "anchor"), NULL);
  const char *servers[] = { dns_lab_get (&lab, "silent"), NULL };
  GQueue events = G_QUEUE_INIT;
  LlPath *path = ll_path_new (LL_UNBOUND_FORWARD, servers, anchor, FALSE, 0, &events);
  int id;

  g_assert_true (ll_unbound_ask (path->unbound, "dn01.lab", LL_RR_MX, &id, &id));
  ll_unbound_cancel (path->unbound, id);
  g_assert_true (ll_unbound_ask (path->unbound, "dn06.lab", LL_RR_MX, &id, &id));
  ll_path_free (path);
  g_assert_true (g_queue_is_empty (&events));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  dns_lab_start (&lab);
  g_test_add_func ("/net/path/judge", test_judge);
  g_test_add_func ("/net/path/ladder", test_ladder);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strconcat ("/net/path/way/", ways[i].id, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_way);
    }
  g_test_add_func ("/net/path/ahead", test_ahead);
  g_test_add_func ("/net/path/free-early", test_free_early);
  result = g_test_run ();
  dns_lab_stop (&lab);
  return result;
}
