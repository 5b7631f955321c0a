/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "deliver/oauth-clock.h"

#define BORN 1000

static void
test_ages (void)
{
  static const struct
  {
    guint lifetime;
    gint64 after; /* seconds */
    LlOauthAge age;
    gboolean young;
  } cases[] = {
    { 3600, 0, LL_OAUTH_FRESH, TRUE },
    { 3600, 59, LL_OAUTH_FRESH, TRUE },
    { 3600, 60, LL_OAUTH_FRESH, FALSE },
    { 3600, 3299, LL_OAUTH_FRESH, FALSE },
    { 3600, 3300, LL_OAUTH_AGING, FALSE }, /* five minutes ahead */
    { 3600, 3589, LL_OAUTH_AGING, FALSE },
    { 3600, 3590, LL_OAUTH_OVER, FALSE }, /* it may end on its way */
    { 3600, 7200, LL_OAUTH_OVER, FALSE },
    { 400, 199, LL_OAUTH_FRESH, FALSE }, /* a short one: half of its life */
    { 400, 200, LL_OAUTH_AGING, FALSE },
    { 0, 149, LL_OAUTH_FRESH, FALSE }, /* the server did not say: five minutes */
    { 0, 150, LL_OAUTH_AGING, FALSE },
    { 0, 290, LL_OAUTH_OVER, FALSE },
    { 5, 0, LL_OAUTH_OVER, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LlOauthClock clock = ll_oauth_clock (cases[i].lifetime, BORN);

      g_assert_cmpint (ll_oauth_age (&clock, BORN + cases[i].after), ==, cases[i].age);
      g_assert_cmpint (ll_oauth_is_young (&clock, BORN + cases[i].after), ==, cases[i].young);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deliver/oauth-clock/ages", test_ages);
  return g_test_run ();
}
