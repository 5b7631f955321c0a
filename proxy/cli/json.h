/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Dictionaries as JSON: one object per line, the fields of a fixed schema first and in
 * its order, absent ones null, further ones after them. letterlock(1) lists the schemas.
 */

typedef enum
{
  LL_FIELD_VALUE,  /* whatever it is; absent: null */
  LL_FIELD_OBJECT, /* of the fields below; absent: null */
  LL_FIELD_LIST,   /* of such objects, or of values when fields is NULL; absent: [] */
} LlFieldKind;

typedef struct _LlField
{
  const char *name;
  LlFieldKind kind;
  const struct _LlField *fields;
} LlField;

/* Each ends with a NULL name. */
extern const LlField ll_schema_status[];
extern const LlField ll_schema_check[];
extern const LlField ll_schema_check_address[];
extern const LlField ll_schema_preview[];
extern const LlField ll_schema_letter[];
extern const LlField ll_schema_letter_with_events[];
extern const LlField ll_schema_access[];
extern const LlField ll_schema_found[];
extern const LlField ll_schema_setup[];
extern const LlField ll_schema_values[];
extern const LlField ll_schema_account[];
extern const LlField ll_schema_login[];
extern const LlField ll_schema_test[];
extern const LlField ll_schema_rule[];
extern const LlField ll_schema_override[];
extern const LlField ll_schema_key[];
extern const LlField ll_schema_contact[];
extern const LlField ll_schema_option[];
extern const LlField ll_schema_provider[];
extern const LlField ll_schema_sender[];
extern const LlField ll_schema_doctor[];
extern const LlField ll_schema_submission[];

/* @dict is a{sv}. (transfer full), without line end */
char *ll_json_line (GVariant *dict, const LlField *schema);

/* To stdout, with line end. */
void ll_json_print (GVariant *dict, const LlField *schema);

/* Each of @list (aa{sv}). */
void ll_json_print_list (GVariant *list, const LlField *schema);

G_END_DECLS
