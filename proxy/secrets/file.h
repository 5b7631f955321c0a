/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"

G_BEGIN_DECLS

/*
 * The fallback where there is no Secret Service: one file of mode 0600, one line
 * for each secret, "PURPOSE NAME-IN-HEX BASE64". What was put into the keyring
 * leaves a line with "@keyring" instead, so that a daemon that runs without a
 * desktop can tell "cannot be reached from here" from "was never stored".
 *
 * Not thread-safe: secrets/store.c locks. Errors: LL_SECRET_ERROR.
 */

typedef enum
{
  LL_SECRET_FILE_HERE,
  LL_SECRET_FILE_KEYRING, /* the keyring has it, or had it */
  LL_SECRET_FILE_ABSENT,
  LL_SECRET_FILE_FAILED, /* the file cannot be read */
} LlSecretFileFound;

/* *secret is set for HERE only (transfer full). */
LlSecretFileFound ll_secret_file_lookup (
    const char *path, const char *purpose, const char *name, LlSecret **secret, GError **error);

/* @secret NULL: "@keyring". */
gboolean ll_secret_file_save (const char *path,
                              const char *purpose,
                              const char *name,
                              const LlSecret *secret,
                              GError **error);

gboolean
ll_secret_file_remove (const char *path, const char *purpose, const char *name, GError **error);

G_END_DECLS
