/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "deliver/upstream.h"

#include "../spool/place.h"
#include "faults.h"

/* A spool, an account, an upstream, and a server that misbehaves: for the tests of this room. */

#define LETTER "Subject: hello\r\n\r\n.dot\r\nbody\r\n"

static Faults faults;

/* A spool, an account and an upstream of its own. */
typedef struct
{
  Place place;
  LlAccount account;
  LlUpstream *upstream;
  char *ca_file;
  guint dots;     /* how often before_dot was asked */
  guint accepted; /* for how many recipients, the last time */
  gboolean stop_at_dot;
} World;

static inline void
world_begin (World *world, guint port)
{
  char *addresses[] = { (char *) "me@a.example", NULL };
  g_autoptr (LlSecret) password = ll_secret_new_string ("secret");

  memset (world, 0, sizeof *world);
  place_set_up (&world->place, NULL);
  g_autoptr (JsonObject) answer = faults_order (&faults, "{}");
  world->ca_file = g_strdup (json_object_get_string_member (answer, "ca"));
  world->account = (LlAccount){
    .name = (char *) "work",
    .addresses = g_strdupv (addresses),
    .host = (char *) "localhost",
    .port = port,
    .security = LL_SECURITY_TLS,
    .auth = LL_AUTH_PASSWORD,
    .username = (char *) "anna",
  };
  ll_secret_store_save (world->place.secrets, "upstream-password", "work", password, NULL, NULL);
  LlUpstreamOptions options = {
    .store = world->place.store,
    .secrets = world->place.secrets,
    .ca_file = world->ca_file,
    .folder = world->place.folder,
  };
  world->upstream = ll_upstream_new (&options);
}

static inline void
world_end (World *world)
{
  ll_upstream_free (world->upstream);
  g_strfreev (world->account.addresses);
  place_tear_down (&world->place, NULL);
  g_free (world->ca_file);
}

static inline gboolean
before_dot_cb (LlCopy *copy, gpointer data)
{
  World *world = data;

  world->dots++;
  world->accepted = copy->accepted->len;
  return !world->stop_at_dot;
}

static inline LlDelivery *
send_letter (
    World *world, LlLetter *letter, LlCopy *copy, LlDeadline deadline, GCancellable *cancel)
{
  guint n = letter->envelope->recipients->len;

  copy->letter = letter;
  copy->recipients = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < n; i++)
    g_array_append_val (copy->recipients, i);
  LlDelivery *delivery = ll_upstream_send (world->upstream, &world->account, copy, NULL, NULL,
                                           before_dot_cb, world, deadline, cancel);
  g_assert_cmpuint (delivery->results->len, ==, n);
  g_clear_pointer (&copy->recipients, g_array_unref);
  return delivery;
}

static inline LlDelivery *
send_simple (World *world, LlDeadline deadline)
{
  g_autoptr (LlLetter) letter
      = place_take (&world->place, place_letter (), LETTER, strlen (LETTER), 1000);
  LlCopy copy = { 0 };

  return send_letter (world, letter, &copy, deadline, NULL);
}

static inline LlResult *
result_at (LlDelivery *delivery, guint i)
{
  return &g_array_index (delivery->results, LlResult, i);
}

static inline LlDeadline
soon (void)
{
  return ll_deadline_in (60000);
}

/* Call from main, after the tests were added. */
static inline int
world_run (void)
{
  int status;

  if (!faults_begin (&faults))
    {
      g_print ("1..0 # SKIP python3-cryptography is not installed\n");
      return 0;
    }
  status = g_test_run ();
  faults_end (&faults);
  return status;
}
