/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool/states.h"

#define N_STATES (LL_STATE_RETRACTED + 1)

/* The table again, as a drawing: rows from, columns to, in the order of LlState. */
static const char *const drawing[N_STATES] = {
  /*             CHWQSsURDBFEORr */
  /* checking */ "xxxxx..xx.xx...",
  /* held */ "xxxxx..xx.xx...",
  /* waiting */ "xxxxx..xx.xx...",
  /* queued */ "xxxxx..xx.xx...",
  /* sending */ "xxxxxxxxx.xx...",
  /* sent */ ".....x...x.xxxx",
  /* uncertain */ "xxxx.xx.xxx....",
  /* refused */ ".......x..x....",
  /* dropped */ ".......xx......",
  /* bounced */ ".........x.....",
  /* failed */ "..........x....",
  /* expired */ "...........x...",
  /* opened */ "...........xxxx",
  /* replied */ "...........x.xx",
  /* retracted */ "..............x",
};

static void
test_edges (void)
{
  for (guint from = 0; from < N_STATES; from++)
    for (guint to = 0; to < N_STATES; to++)
      if (ll_states_may_follow (from, to) != (drawing[from][to] == 'x'))
        g_error ("%s after %s", ll_state_name (to), ll_state_name (from));
}

/* Promise 3: what is uncertain is never sent again without a person, what is over stays over. */
static void
test_promises (void)
{
  g_assert_false (ll_states_may_follow (LL_STATE_UNCERTAIN, LL_STATE_SENDING));
  for (guint from = 0; from < N_STATES; from++)
    {
      if (from != LL_STATE_SENDING && from != LL_STATE_UNCERTAIN)
        g_assert_cmpint (ll_states_may_follow (from, LL_STATE_SENT), ==, from == LL_STATE_SENT);
      if (ll_state_is_final (from))
        g_assert_false (ll_states_may_follow (from, LL_STATE_SENDING));
    }
}

static void
test_begin (void)
{
  static const char *const begin = "xxxxx..xx.x....";

  for (guint state = 0; state < N_STATES; state++)
    g_assert_cmpint (ll_states_may_begin (state), ==, begin[state] == 'x');
}

static void
test_out_of_range (void)
{
  g_assert_true (ll_states_is_state (N_STATES - 1));
  g_assert_false (ll_states_is_state (N_STATES));
  g_assert_false (ll_states_may_begin (N_STATES));
  g_assert_false (ll_states_may_follow (N_STATES, LL_STATE_SENT));
  g_assert_false (ll_states_may_follow (LL_STATE_SENT, 4000000000u));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/states/edges", test_edges);
  g_test_add_func ("/states/promises", test_promises);
  g_test_add_func ("/states/begin", test_begin);
  g_test_add_func ("/states/out-of-range", test_out_of_range);
  return g_test_run ();
}
