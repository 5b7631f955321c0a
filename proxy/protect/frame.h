/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What stands around sealed bytes: MIME that every mail program knows. Pure but for boundaries. */

/* "=_" and 32 random hex digits: no line of armour or base64 can be that. (transfer full) */
char *ll_boundary_new (void);

/* multipart/encrypted (RFC 3156 4.); the armour stands between head and tail. */
typedef struct
{
  char *head; /* @outer, then everything up to the armour */
  char *tail;
} LlPgpFrame;

LlPgpFrame *ll_pgp_frame_new (const char *outer);
void ll_pgp_frame_free (LlPgpFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlPgpFrame, ll_pgp_frame_free)

G_END_DECLS
