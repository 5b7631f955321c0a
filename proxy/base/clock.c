/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/clock.h"

#include <time.h>

LlDeadline
ll_deadline_in (gint64 milliseconds)
{
  return g_get_monotonic_time () + milliseconds * 1000;
}

int
ll_deadline_left (LlDeadline deadline)
{
  gint64 left;

  if (deadline == LL_DEADLINE_NEVER)
    return G_MAXINT;
  left = (deadline - g_get_monotonic_time () + 999) / 1000;
  return (int) CLAMP (left, 0, G_MAXINT);
}

LlDeadline
ll_deadline_earlier (LlDeadline a, LlDeadline b)
{
  return MIN (a, b);
}

gint64
ll_clock_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

gint64
ll_clock_boot (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec;
}

char *
ll_clock_format (gint64 when)
{
  g_autoptr (GDateTime) date = NULL;

  if (when == 0)
    return NULL;
  date = g_date_time_new_from_unix_utc (when);
  /* %Y writes the year 1 as "1", which nobody reads again */
  return date ? g_date_time_format (date, "%C%y-%m-%dT%H:%M:%SZ") : NULL;
}

gboolean
ll_clock_parse (const char *text, gint64 *when)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *midnight = NULL;

  if (strlen (text) == strlen ("2026-11-22"))
    text = midnight = g_strconcat (text, "T00:00:00Z", NULL);
  date = g_date_time_new_from_iso8601 (text, utc);
  if (date == NULL)
    return FALSE;
  *when = g_date_time_to_unix (date);
  return TRUE;
}

char *
ll_clock_format_mail (gint64 when)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[]
      = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (when);

  /* not g_date_time_format: its names follow the user's language */
  return g_strdup_printf ("%s, %02d %s %04d %02d:%02d:%02d +0000",
                          days[g_date_time_get_day_of_week (time) - 1],
                          g_date_time_get_day_of_month (time),
                          months[g_date_time_get_month (time) - 1], g_date_time_get_year (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}
