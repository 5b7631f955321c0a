/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * prefs.js, in which Thunderbird keeps its settings: statements like
 * user_pref("mail.smtpserver.smtp1.port", 465); with comments between them.
 *
 * Pure and strict: a file that is not understood to its last byte is never written. What is not
 * changed keeps its bytes, its place and its layout.
 *
 * Mozilla's grammar: modules/libpref/parser. Errors: LL_CONFIG_ERROR_FILE, naming the line.
 */

typedef enum
{
  LL_PREF_STRING,
  LL_PREF_INTEGER,
  LL_PREF_BOOLEAN,
} LlPrefKind;

typedef struct
{
  char *name;
  LlPrefKind kind;
  char *text;                   /* decoded: the string, "465", "true" */
  gsize start, end;             /* the statement, from its first letter past its ";" */
  gsize value_start, value_end; /* its value as it stands there */
} LlPref;

typedef struct
{
  GBytes *bytes;
  GPtrArray *list; /* of LlPref, in the order of the file */
} LlPrefs;

LlPrefs *ll_prefs_parse (GBytes *bytes, GError **error);
void ll_prefs_free (LlPrefs *prefs);

/* The last statement of this name, which is the one that counts; or NULL. (transfer none) */
const LlPref *ll_prefs_find (const LlPrefs *prefs, const char *name);

/* "" and @fallback when there is none, or one of another kind. (transfer none) */
const char *ll_prefs_text (const LlPrefs *prefs, const char *name);
gint64 ll_prefs_number (const LlPrefs *prefs, const char *name, gint64 fallback);

/* The value as it stands in the file, "\"localhost\""; NULL: there is none. (transfer full) */
char *ll_prefs_value (const LlPrefs *prefs, const char *name);

/* @text as a value. (transfer full) */
char *ll_prefs_quote (const char *text);

typedef struct
{
  char *name;
  char *value; /* as it will stand in the file; NULL: no such statement */
} LlPrefChange;

/* Of LlPrefChange that own their texts. (transfer full) */
GArray *ll_pref_changes_new (void);

/* (transfer full) of @name and @value */
void ll_pref_changes_add (GArray *changes, char *name, char *value);

/* The file with these changes; new statements come at its end. (transfer full) */
GBytes *ll_prefs_change (const LlPrefs *prefs, const GArray *changes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlPrefs, ll_prefs_free)

G_END_DECLS
