/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/hiding.h"

gboolean
ll_policy_hides_subject (LlSubject contact, LlSubject setting, LlMethod method, gboolean way_holds)
{
  if (contact != LL_SUBJECT_AUTO)
    return contact == LL_SUBJECT_HIDE;
  if (!way_holds)
    return TRUE;
  if (setting != LL_SUBJECT_AUTO)
    return setting == LL_SUBJECT_HIDE;
  return method == LL_METHOD_PGP;
}
