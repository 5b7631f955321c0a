/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "protect/signed.h"

#include "protect/frame.h"
#include "protect/pgp.h"

#include <string.h>

typedef struct
{
  const LlSignedLetter *letter;
  LlInnerOpen open;
  gpointer open_data;
  LlSafePlan *plan;
} Work;

static LlSafePlan *
look (const Work *work, GError **error)
{
  g_autoptr (LlInner) inner = work->open (work->open_data, error);
  g_autoptr (LlSafePlan) plan = ll_safe_plan_new ();
  const char *bytes;
  gsize length = 1;

  if (inner == NULL)
    return NULL;
  while (length > 0)
    {
      if (!ll_inner_next (inner, &bytes, &length, error))
        return NULL;
      ll_safe_plan_feed (plan, bytes, length);
    }
  return ll_safe_plan_finish (plan, error) ? g_steal_pointer (&plan) : NULL;
}

static LlInner *
open_safe (const Work *work, GError **error)
{
  LlInner *inner = work->open (work->open_data, error);

  if (inner != NULL && work->plan != NULL)
    ll_inner_make_safe (inner, work->plan);
  return inner;
}

/* The name of the digest; NULL on error. (transfer full) */
static char *
sign (const Work *work,
      GString *signature,
      LlDeadline deadline,
      GCancellable *cancellable,
      GError **error)
{
  const LlSignedLetter *letter = work->letter;
  g_autoptr (LlInner) inner = open_safe (work, error);

  if (inner == NULL)
    return NULL;
  if (letter->signer == NULL)
    return ll_pgp_sign (letter->worker, letter->fingerprint, letter->cms, letter->prompt, inner,
                        signature, deadline, cancellable, error);
  return ll_smime_sign (letter->signer, inner, signature, error) ? g_strdup ("sha-256") : NULL;
}

/* -- the parts around it --------------------------------------------------------------------- */

static gboolean
is_pgp (const LlSignedLetter *letter)
{
  return letter->signer == NULL && !letter->cms;
}

/* gpgsm writes base64 between two lines that are not of it. */
static void
strip_armour (GString *signature)
{
  const char *first = strchr (signature->str, '\n');
  const char *last = g_strrstr (signature->str, "-----END");

  if (!g_str_has_prefix (signature->str, "-----BEGIN") || first == NULL || last == NULL
      || last < first)
    return;
  g_string_truncate (signature, (gsize) (last - signature->str));
  g_string_erase (signature, 0, first + 1 - signature->str);
}

static char *
head_of (const LlSignedLetter *letter, const char *micalg, const char *boundary)
{
  gboolean pgp = is_pgp (letter);

  return g_strdup_printf ("%s"
                          "Content-Type: multipart/signed; micalg=\"%s\";\r\n"
                          "\tprotocol=\"application/%s-signature\";\r\n"
                          "\tboundary=\"%s\"\r\n"
                          "\r\n"
                          "This is a signed message (%s).\r\n"
                          "--%s\r\n",
                          letter->outer, micalg, pgp ? "pgp" : "pkcs7", boundary,
                          pgp ? "OpenPGP/MIME, RFC 3156" : "S/MIME, RFC 8551", boundary);
}

static char *
tail_of (const LlSignedLetter *letter, const char *signature, const char *boundary)
{
  static const char pgp[] = "Content-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
                            "Content-Description: OpenPGP digital signature\r\n"
                            "Content-Disposition: attachment; filename=\"signature.asc\"\r\n";
  static const char smime[] = "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
                              "Content-Transfer-Encoding: base64\r\n"
                              "Content-Description: S/MIME cryptographic signature\r\n"
                              "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n";

  return g_strdup_printf ("\r\n--%s\r\n%s\r\n%s\r\n--%s--\r\n", boundary,
                          is_pgp (letter) ? pgp : smime, signature, boundary);
}

static gboolean
write_inside (const Work *work, LlSink sink, gpointer data, GError **error)
{
  g_autoptr (LlInner) inner = open_safe (work, error);
  const char *bytes;
  gsize length = 1;

  if (inner == NULL)
    return FALSE;
  while (length > 0)
    if (!ll_inner_next (inner, &bytes, &length, error)
        || (length > 0 && !sink (bytes, length, data, error)))
      return FALSE;
  return TRUE;
}

gboolean
ll_signed_make (const LlSignedLetter *letter,
                LlInnerOpen open,
                gpointer open_data,
                LlSink sink,
                gpointer sink_data,
                LlDeadline deadline,
                GCancellable *cancellable,
                GError **error)
{
  Work work = { letter, open, open_data, NULL };
  g_autoptr (LlSafePlan) plan = letter->as_is ? NULL : look (&work, error);
  g_autoptr (GString) signature = g_string_new (NULL);
  g_autofree char *boundary = ll_boundary_new ();
  g_autofree char *micalg = NULL;
  g_autofree char *head = NULL;
  g_autofree char *tail = NULL;

  if (plan == NULL && !letter->as_is)
    return FALSE;
  work.plan = plan;
  micalg = sign (&work, signature, deadline, cancellable, error);
  if (micalg == NULL)
    return FALSE;
  if (letter->cms)
    strip_armour (signature);
  head = head_of (letter, micalg, boundary);
  tail = tail_of (letter, signature->str, boundary);
  return sink (head, strlen (head), sink_data, error)
         && write_inside (&work, sink, sink_data, error)
         && sink (tail, strlen (tail), sink_data, error);
}
