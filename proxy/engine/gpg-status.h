/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What gpg says of a letter that it locks or signs, by its status lines (doc/DETAILS of GnuPG,
 * "Format of the --status-fd output"). Pure; a line that is none of these, or is broken, is passed
 * over.
 */

/* Longest line that is looked at whole. */
#define LL_GPG_STATUS_LINE_MAX 1024

/* Twice the longest fingerprint; of a file's name the beginning will do. */
#define LL_GPG_STATUS_KEY_MAX 129

typedef struct
{
  gboolean done;                   /* all of it was written */
  guint failure;                   /* what went wrong, a gpg_err_code_t; 0: nothing that it names */
  char key[LL_GPG_STATUS_KEY_MAX]; /* that it does not take, as it was given; or "" */
  guint reason;                    /* and why, as of INV_RECP */
  guint digest;                    /* of the signature, an OpenPGP hash algorithm; 0: none */
} LlGpgStatus;

void ll_gpg_status_read (LlGpgStatus *status, const char *line, gsize length);

G_END_DECLS
