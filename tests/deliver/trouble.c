/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/trouble.h"

#include "base/limits.h"

#define NOW 1000000
#define HOUR 3600
#define LIFETIME (5 * 24 * HOUR)

/* One recipient, the mail program waits for the answer. */
static const struct
{
  const char *name;
  LlResult result;
  gboolean client_auth;
  guint code; /* of our answer */
  const char *enhanced;
  const char *text;
  LlState state;
  LlTold told;
  gint64 next; /* seconds from now, -1: none */
} answers[] = {
  { "sent",
    { LL_OUTCOME_SENT, 250, "2.0.0", (char *) "queued as 4711" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_SENT,
    LL_TOLD_NOTHING,
    -1 },
  { "5xx",
    { LL_OUTCOME_REFUSED, 550, "5.1.1", (char *) "no such user" },
    FALSE,
    550,
    "5.1.1",
    "no such user",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "5xx of our own",
    { LL_OUTCOME_REFUSED, 0, "", (char *) "unreadable" },
    FALSE,
    554,
    "5.0.0",
    "unreadable",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "4xx",
    { LL_OUTCOME_TEMPORARY, 451, "4.3.0", (char *) "later" },
    FALSE,
    451,
    "4.3.0",
    "later",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "5xx greeting",
    { LL_OUTCOME_TEMPORARY, 554, "5.3.2", (char *) "go away" },
    FALSE,
    554,
    "5.3.2",
    "go away",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "lost before the dot",
    { LL_OUTCOME_TEMPORARY, 0, "", (char *) "closed" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_QUEUED,
    LL_TOLD_NOTHING,
    60 },
  { "no connection",
    { LL_OUTCOME_NO_CONNECTION, 0, "", (char *) "off" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_WAITING,
    LL_TOLD_NOW,
    60 },
  { "no TLS",
    { LL_OUTCOME_NO_TLS, 0, "", (char *) "expired" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_WAITING,
    LL_TOLD_NOW,
    60 },
  { "no TLS, 454",
    { LL_OUTCOME_NO_TLS, 454, "4.7.0", (char *) "TLS off" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_WAITING,
    LL_TOLD_NOW,
    60 },
  { "sign-in refused",
    { LL_OUTCOME_AUTH, 535, "5.7.8", (char *) "bad" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_WAITING,
    LL_TOLD_NOW,
    HOUR },
  { "locked keyring",
    { LL_OUTCOME_LOCKED, 0, "", (char *) "locked" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_WAITING,
    LL_TOLD_NOW,
    LL_KEYRING_AGAIN },
  { "uncertain",
    { LL_OUTCOME_UNCERTAIN, 0, "", (char *) "lost" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_UNCERTAIN,
    LL_TOLD_NOW,
    -1 },
  { "REQUIRETLS refused",
    { LL_OUTCOME_REQUIRETLS_REFUSED, 550, "5.7.30", (char *) "no" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_CHECKING,
    LL_TOLD_NOTHING,
    0 },
  { "too large once locked",
    { LL_OUTCOME_TOO_LARGE, 552, "5.3.4", (char *) "too big" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_CHECKING,
    LL_TOLD_NOTHING,
    0 },
  { "cancelled",
    { LL_OUTCOME_CANCELLED, 0, "", (char *) "stopped" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_QUEUED,
    LL_TOLD_NOTHING,
    0 },
  { "paced",
    { LL_OUTCOME_PACED, 0, "", (char *) "30 a minute" },
    FALSE,
    0,
    NULL,
    NULL,
    LL_STATE_QUEUED,
    LL_TOLD_NOTHING,
    0 },
  { "client: paced",
    { LL_OUTCOME_PACED, 0, "", (char *) "30 a minute" },
    TRUE,
    451,
    "4.4.5",
    "30 a minute",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "client: no connection",
    { LL_OUTCOME_NO_CONNECTION, 0, "", (char *) "off" },
    TRUE,
    451,
    "4.4.1",
    "off",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "client: sign-in refused",
    { LL_OUTCOME_AUTH, 0, "", (char *) "no" },
    TRUE,
    454,
    "4.7.0",
    "no",
    LL_STATE_REFUSED,
    LL_TOLD_REPLY,
    -1 },
  { "client: uncertain",
    { LL_OUTCOME_UNCERTAIN, 0, "", (char *) "lost" },
    TRUE,
    0,
    NULL,
    NULL,
    LL_STATE_UNCERTAIN,
    LL_TOLD_NOW,
    -1 },
};

static void
test_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      LlTroubleLetter letter = {
        .id = "7f3a",
        .answering = TRUE,
        .client_auth = answers[i].client_auth,
        .received = NOW,
        .now = NOW,
        .lifetime = LIFETIME,
      };
      LlTroubleCase one = { .result = &answers[i].result, .tries = 1 };
      LlTrouble trouble;

      g_test_message ("%s", answers[i].name);
      ll_trouble_settle (&letter, &one, 1, &trouble);
      g_assert_cmpint (trouble.accepted, ==, answers[i].code == 0);
      if (!trouble.accepted)
        {
          g_assert_cmpuint (trouble.reply.code, ==, answers[i].code);
          g_assert_cmpstr (trouble.reply.enhanced, ==, answers[i].enhanced);
          g_assert_cmpstr (trouble.reply.text, ==, answers[i].text);
        }
      g_assert_cmpint (one.state, ==, answers[i].state);
      g_assert_cmpint (one.told, ==, answers[i].told);
      g_assert_cmpint (one.next_try, ==, answers[i].next >= 0 ? NOW + answers[i].next : 0);
      g_assert_cmpint (one.decide_anew, ==, one.state == LL_STATE_CHECKING);
      ll_reply_clear (&trouble.reply);
    }
}

/* One recipient, 250 was said long ago. */
static const struct
{
  const char *name;
  LlOutcome outcome;
  guint tries;
  gint64 age;
  gboolean told_before;
  LlState state;
  LlTold told;
  gint64 next; /* -1: none */
} later[] = {
  { "sent", LL_OUTCOME_SENT, 3, HOUR, FALSE, LL_STATE_SENT, LL_TOLD_NOTHING, -1 },
  { "5xx", LL_OUTCOME_REFUSED, 1, 60, FALSE, LL_STATE_FAILED, LL_TOLD_FAILURE, -1 },
  { "4xx, first", LL_OUTCOME_TEMPORARY, 1, 0, FALSE, LL_STATE_QUEUED, LL_TOLD_NOTHING, 60 },
  { "4xx, second", LL_OUTCOME_TEMPORARY, 2, 60, FALSE, LL_STATE_QUEUED, LL_TOLD_NOTHING, 300 },
  { "4xx, third", LL_OUTCOME_TEMPORARY, 3, 360, FALSE, LL_STATE_QUEUED, LL_TOLD_NOTHING, 900 },
  { "4xx, fourth", LL_OUTCOME_TEMPORARY, 4, HOUR, FALSE, LL_STATE_QUEUED, LL_TOLD_NOTHING, HOUR },
  { "4xx, delayed", LL_OUTCOME_TEMPORARY, 8, 4 * HOUR, FALSE, LL_STATE_QUEUED, LL_TOLD_DELAYED,
    HOUR },
  { "4xx, was told", LL_OUTCOME_TEMPORARY, 9, 5 * HOUR, TRUE, LL_STATE_QUEUED, LL_TOLD_NOTHING,
    HOUR },
  { "4xx, the last try", LL_OUTCOME_TEMPORARY, 99, LIFETIME - 60, TRUE, LL_STATE_QUEUED,
    LL_TOLD_NOTHING, 60 },
  { "4xx, expired", LL_OUTCOME_TEMPORARY, 99, LIFETIME, TRUE, LL_STATE_EXPIRED, LL_TOLD_FAILURE,
    -1 },
  { "no connection", LL_OUTCOME_NO_CONNECTION, 2, 60, TRUE, LL_STATE_WAITING, LL_TOLD_NOTHING,
    300 },
  { "no connection, expired", LL_OUTCOME_NO_CONNECTION, 99, LIFETIME, TRUE, LL_STATE_EXPIRED,
    LL_TOLD_FAILURE, -1 },
  { "paced", LL_OUTCOME_PACED, 9, 60, FALSE, LL_STATE_QUEUED, LL_TOLD_NOTHING, 0 },
  { "paced, delayed", LL_OUTCOME_PACED, 9, 4 * HOUR, FALSE, LL_STATE_QUEUED, LL_TOLD_DELAYED, 0 },
  { "paced, expired", LL_OUTCOME_PACED, 1, LIFETIME, TRUE, LL_STATE_EXPIRED, LL_TOLD_FAILURE, -1 },
  { "no TLS now", LL_OUTCOME_NO_TLS, 2, 60, FALSE, LL_STATE_WAITING, LL_TOLD_NOW, 300 },
  { "uncertain", LL_OUTCOME_UNCERTAIN, 2, LIFETIME * 2, TRUE, LL_STATE_UNCERTAIN, LL_TOLD_NOW, -1 },
};

static void
test_later (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (later); i++)
    {
      LlResult result = { .outcome = later[i].outcome, .text = (char *) "x" };
      LlTroubleLetter letter
          = { .id = "7f3a", .received = NOW - later[i].age, .now = NOW, .lifetime = LIFETIME };
      LlTroubleCase one = {
        .result = &result,
        .tries = later[i].tries,
        .told_now = later[i].told_before,
        .told_delayed = later[i].told_before,
      };
      LlTrouble trouble;

      g_test_message ("%s", later[i].name);
      ll_trouble_settle (&letter, &one, 1, &trouble);
      g_assert_true (trouble.accepted);
      g_assert_null (trouble.reply.text);
      g_assert_cmpint (one.state, ==, later[i].state);
      g_assert_cmpint (one.told, ==, later[i].told);
      g_assert_cmpint (one.by_mail, ==, later[i].told == LL_TOLD_FAILURE);
      g_assert_cmpint (one.next_try, ==, later[i].next >= 0 ? NOW + later[i].next : 0);
    }
}

/* Several recipients, the mail program waits: a letter of outcomes, '-' was not tried. */
static const struct
{
  const char *name;
  const char *outcomes; /* s(ent) r(efused) t(emporary) n(o connection) u(ncertain) - */
  guint code;           /* 0: 250 */
  const char *states;   /* S R(efused) F(ailed) Q W U */
} several[] = {
  { "one of three refused", "srs", 0, "SFS" },  { "all refused", "rrr", 550, "RRR" },
  { "refused and temporary", "rt", 451, "RR" }, { "temporary and refused", "tr", 451, "RR" },
  { "accepted and temporary", "ts", 0, "QS" },  { "refused, another held", "r-", 0, "F-" },
  { "temporary, another held", "-t", 0, "-Q" }, { "refused, another uncertain", "ru", 0, "FU" },
  { "refused, no connection", "rn", 0, "FW" },
};

static void
test_several (void)
{
  static const LlResult results[] = {
    { LL_OUTCOME_SENT, 250, "2.0.0", (char *) "ok" },
    { LL_OUTCOME_REFUSED, 550, "5.1.1", (char *) "no" },
    { LL_OUTCOME_TEMPORARY, 451, "4.3.0", (char *) "later" },
    { LL_OUTCOME_NO_CONNECTION, 0, "", (char *) "off" },
    { LL_OUTCOME_UNCERTAIN, 0, "", (char *) "lost" },
  };
  static const char letters[] = "srtnu";
  static const struct
  {
    char letter;
    LlState state;
  } states[] = { { 'S', LL_STATE_SENT },   { 'R', LL_STATE_REFUSED }, { 'F', LL_STATE_FAILED },
                 { 'Q', LL_STATE_QUEUED }, { 'W', LL_STATE_WAITING }, { 'U', LL_STATE_UNCERTAIN } };

  for (gsize i = 0; i < G_N_ELEMENTS (several); i++)
    {
      LlTroubleLetter letter
          = { .id = "7f3a", .answering = TRUE, .received = NOW, .now = NOW, .lifetime = LIFETIME };
      LlTroubleCase cases[3] = { 0 };
      LlTrouble trouble;
      gsize n = 0;

      g_test_message ("%s", several[i].name);
      for (; several[i].outcomes[n] != '\0'; n++)
        for (gsize k = 0; k < G_N_ELEMENTS (results); k++)
          if (letters[k] == several[i].outcomes[n])
            cases[n] = (LlTroubleCase){ .result = &results[k], .tries = 1 };
      ll_trouble_settle (&letter, cases, n, &trouble);
      g_assert_cmpint (trouble.accepted, ==, several[i].code == 0);
      g_assert_cmpuint (trouble.reply.code, ==, several[i].code);
      for (gsize r = 0; r < n; r++)
        for (gsize k = 0; k < G_N_ELEMENTS (states); k++)
          if (states[k].letter == several[i].states[r])
            g_assert_cmpint (cases[r].state, ==, states[k].state);
      ll_reply_clear (&trouble.reply);
    }
}

static void
test_never (void)
{
  LlResult result = { LL_OUTCOME_REFUSED, 550, "", (char *) "no" };
  LlTroubleLetter letter = { .id = "7f3a", .received = NOW, .now = NOW, .lifetime = LIFETIME };
  LlTroubleCase one = { .result = &result, .tries = 1, .never = TRUE };
  LlTrouble trouble;

  ll_trouble_settle (&letter, &one, 1, &trouble);
  g_assert_cmpint (one.told, ==, LL_TOLD_FAILURE);
  g_assert_false (one.by_mail);
}

static const struct
{
  LlResult result;
  gboolean throttling;
} throttled[] = {
  { { LL_OUTCOME_TEMPORARY, 421, "4.7.0", NULL }, TRUE },
  { { LL_OUTCOME_TEMPORARY, 421, "", NULL }, TRUE },
  { { LL_OUTCOME_TEMPORARY, 450, "4.7.1", NULL }, TRUE },
  { { LL_OUTCOME_TEMPORARY, 451, "4.7.1", NULL }, TRUE },
  { { LL_OUTCOME_TEMPORARY, 452, "4.5.3", NULL }, TRUE },
  { { LL_OUTCOME_TEMPORARY, 452, "4.2.2", NULL }, FALSE },
  { { LL_OUTCOME_TEMPORARY, 450, "4.2.0", NULL }, FALSE },
  { { LL_OUTCOME_TEMPORARY, 450, "", NULL }, FALSE },
  { { LL_OUTCOME_TEMPORARY, 0, "", NULL }, FALSE },
  { { LL_OUTCOME_REFUSED, 550, "5.7.1", NULL }, FALSE },
  { { LL_OUTCOME_SENT, 250, "", NULL }, FALSE },
};

static void
test_throttling (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (throttled); i++)
    {
      LlTroubleLetter letter = { .id = "7f3a", .received = NOW, .now = NOW, .lifetime = LIFETIME };
      LlTroubleCase one = { .result = &throttled[i].result, .tries = 3 };
      LlTrouble trouble;

      ll_trouble_settle (&letter, &one, 1, &trouble);
      g_assert_cmpint (trouble.slow, ==, throttled[i].throttling);
      g_assert_cmpint (one.in_line, ==, throttled[i].throttling);
      if (throttled[i].throttling)
        g_assert_cmpint (one.next_try, ==, NOW); /* the account waits, not the letter's timer */
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/trouble/answers", test_answers);
  g_test_add_func ("/deliver/trouble/later", test_later);
  g_test_add_func ("/deliver/trouble/several", test_several);
  g_test_add_func ("/deliver/trouble/never", test_never);
  g_test_add_func ("/deliver/trouble/throttling", test_throttling);
  return g_test_run ();
}
