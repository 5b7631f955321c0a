/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cli/setup.h"
#include "setup/outgoing.h"

G_BEGIN_DECLS

/* A mail program whose settings are changed, as setup/ knows it. */
typedef struct
{
  const char *name;        /* "Thunderbird" */
  const char *place;       /* what its settings are called: "profile" */
  const char *changed;     /* what is changed in it, in sentences */
  const char *certificate; /* of the daemon's methods, the one that gives what it shall trust */

  gpointer (*open) (const char *place, GError **error);
  void (*free) (gpointer opened);
  GPtrArray *(*servers) (gpointer opened);
  LlSecret *(*password) (gpointer opened, const LlOutgoing *server, GError **error);
  gboolean (*point) (gpointer opened,
                     const LlOutgoing *server,
                     guint port,
                     const char *username,
                     const LlSecret *password,
                     GError **error);
  gboolean (*write) (gpointer opened, const char *certificate, GError **error);

  /* Before it gives passwords; NULL: it needs nothing. FALSE: *status, with a sentence. */
  gboolean (*unlock) (gpointer opened, const LlSetupWishes *wishes, int *status);
} LlSetupProgram;

/* @place: the folder with its settings. */
int
ll_setup_ways_run (const LlSetupProgram *program, const LlSetupWishes *wishes, const char *place);

G_END_DECLS
