/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message/sealed.h"

G_BEGIN_DECLS

/*
 * Whether a text is an OpenPGP message in ASCII armour and nothing else, while it
 * streams by. The one mistake that must not be made is to take clear text for locked
 * (facts/protection.md A.7): blank lines aside, everything must be armour, its lines
 * base64, and its first packet one that only encrypted messages begin with.
 *
 * RFC 9580 6.2 (armour), 4.2 and 5 (packets).
 */

typedef enum
{
  LL_ARMOUR_EMPTY, /* nothing but blanks */
  LL_ARMOUR_MESSAGE,
  LL_ARMOUR_OTHER,
} LlArmourFound;

typedef struct
{
  int state;
  gboolean html; /* tags are blanks; what is in them, or in style and script, is no text */
  gboolean in_tag;
  GString *tag;    /* its beginning */
  gboolean hidden; /* inside style or script */
  GString *line;
  GString *start;  /* the first octets of base64 */
  LlSealed sealed; /* of a MESSAGE: for whom */
} LlArmour;

void ll_armour_init (LlArmour *armour, gboolean html);
void ll_armour_clear (LlArmour *armour);

/* FALSE: it is OTHER already, no more is needed. */
gboolean ll_armour_feed (LlArmour *armour, const char *bytes, gsize length);

LlArmourFound ll_armour_finish (LlArmour *armour);

G_END_DECLS
