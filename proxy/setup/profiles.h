/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Where Thunderbird keeps its profiles: in the home folder, or in that of its Flatpak or Snap.
 * profiles.ini lists them; which one a start uses stands in installs.ini, in older versions in
 * profiles.ini itself.
 */

typedef struct
{
  char *path;          /* absolute */
  char *name;          /* as Thunderbird's profile manager shows it */
  const char *package; /* NULL: of the system, or "Flatpak", "Snap" */
  gboolean is_default; /* what a start without further words uses */
} LlProfile;

/* Those whose folders are there. @home: the user's. (transfer full) of LlProfile, may be empty */
GPtrArray *ll_profiles_find (const char *home);

void ll_profile_free (LlProfile *profile);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlProfile, ll_profile_free)

G_END_DECLS
