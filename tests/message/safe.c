/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "message/safe.h"

#include "base/error.h"

#include "../support/make_safe.h"

#include <string.h>

#define HEAD "Content-Type: text/plain; charset=utf-8\r\n"

static GString *
make_safe_text (const char *text, gsize piece)
{
  return make_safe (text, strlen (text), piece);
}

static const struct
{
  const char *name;
  const char *before;
  const char *after; /* NULL: nothing changes */
} cases[] = {
  { "a dash and a blank", HEAD "\r\nDear Bob,\r\n-- \r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n" HEAD "\r\nDear Bob,\r\n--=20\r\n" },
  { "nothing to do", HEAD "\r\nDear Bob,\r\n.\r\n", NULL },
  { "no body", HEAD "\r\n", NULL },
  { "no header", "\r\nDear Bob\r\n", NULL },
  { "8 bit", HEAD "Content-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9f\r\n",
    HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9F\r\n" },
  { "8bit in name only", HEAD "Content-Transfer-Encoding: 8bit\r\n\r\nDear\r\n",
    HEAD "Content-Transfer-Encoding: 7bit\r\n\r\nDear\r\n" },
  { "From", HEAD "\r\nFrom here\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n" HEAD "\r\n=46rom here\r\n" },
  { "equals sign stays one", HEAD "\r\na=b \r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n" HEAD "\r\na=3Db=20\r\n" },
  { "tab at the end of all", HEAD "\r\na\t",
    "Content-Transfer-Encoding: quoted-printable\r\n" HEAD "\r\na=09" },
  { "a CR alone", HEAD "\r\na\rb\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n" HEAD "\r\na=0Db\r\n" },
  { "picture", "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\x89PNG\r\n",
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K" },
  { "quoted, badly",
    HEAD "Content-Transfer-Encoding: quoted-printable\r\n\r\nFrom a =\r\nFrom \xfc \r\nx=3D\r\n",
    HEAD
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n=46rom a =\r\n=46rom =FC\r\nx=3D\r\n" },
  { "base64, badly",
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA \r\n",
    "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n" },
  { "blanks in the header", "Subject: a \r\n \t\r\n b\r\n\r\nDear\r\n",
    "Subject: a\r\n b\r\n\r\nDear\r\n" },
  { "one part of two",
    "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "--b\r\n\r\nplain\r\n--b \r\nContent-Type: text/plain\r\n\r\n\xe4\r\n--b--\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    "--b\r\n\r\nplain\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    "Content-Type: text/plain\r\n\r\n=E4\r\n--b--\r\n" },
  { "around the parts",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\nFrom \xe4 \r\n--b\r\n\r\nx\r\n--b--\r\nend "
    "\r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n>From "
    "?\r\n--b\r\n\r\nx\r\n--b--\r\nend\r\n" },
  { "forwarded, safe", "Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nDear\r\n", NULL },
  { "forwarded, not safe",
    "Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\nSubject: a "
    "\r\n\r\n\xe4\r\n",
    "Content-Transfer-Encoding: base64\r\nContent-Type: application/octet-stream; "
    "name=\"forwarded.eml\"\r\nContent-Disposition: inline\r\n\r\nU3ViamVjdDogYSANCg0K5A0K" },
  { "nothing closes", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na \r\n",
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n\r\na=20\r\n" },
};

static void
test_cases (void)
{
  static const gsize pieces[] = { 1, 2, 7, 65536 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint k = 0; k < G_N_ELEMENTS (pieces); k++)
      {
        g_autoptr (GString) made = make_safe_text (cases[i].before, pieces[k]);

        g_test_message ("%s", cases[i].name);
        g_assert_nonnull (made);
        g_assert_cmpstr (made->str, ==, cases[i].after != NULL ? cases[i].after : cases[i].before);
      }
}

/* Every octet there is, as text and as a file: it decodes to itself, and is safe. */
static void
test_octets (void)
{
  static const char *const heads[]
      = { "Content-Type: text/plain\r\n\r\n", "Content-Type: image/png\r\n\r\n" };

  for (guint h = 0; h < G_N_ELEMENTS (heads); h++)
    {
      g_autoptr (GString) letter = g_string_new (heads[h]);
      gsize head = letter->len;
      g_autoptr (GString) made = NULL;
      g_autoptr (GString) again = NULL;
      gsize line = 0;

      for (guint i = 0; i < 3000; i++)
        g_string_append_c (letter, (char) (i * 7 + i / 256));
      made = make_safe (letter->str, letter->len, 100);
      for (gsize i = 0; i < made->len; i++)
        {
          g_assert_cmpint (made->str[i] & 0x80, ==, 0);
          line = made->str[i] == '\n' ? 0 : line + 1;
          g_assert_cmpuint (line, <=, 78);
        }
      again = make_safe (made->str, made->len, 100);
      g_assert_cmpstr (again->str, ==, made->str);
      g_assert_cmpuint (made->len, >, head);
    }
}

static void
test_refused (void)
{
  g_autoptr (GString) partless
      = make_safe_text ("Content-Type: multipart/mixed; boundary=b\r\n\r\nGr\xc3\xbc\xc3\x9f\r\n",
                        9);
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) made = NULL;
  g_autoptr (GString) odd
      = make_safe_text ("Content-Transfer-Encoding: x-uuencode\r\n\r\n\xe4\r\n", 9);

  for (guint i = 0; i < 70; i++)
    g_string_append_printf (deep, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", i,
                            i);
  g_string_append (deep, "\r\n\xe4\r\n");
  made = make_safe_text (deep->str, 4096);
  g_assert_null (made);
  g_assert_null (odd);
  g_assert_null (partless);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/safe/cases", test_cases);
  g_test_add_func ("/message/safe/octets", test_octets);
  g_test_add_func ("/message/safe/refused", test_refused);
  return g_test_run ();
}
