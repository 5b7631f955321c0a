/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Real handshakes in memory, against certificates made here: cases 4.2 and 4.9. */

#include "assess/dane.h"

#include "../support/certificates.h"

#include <string.h>

#define MX "mx.example.lab"
#define DOMAIN "example.lab"

/* root -> middle -> leaves; made once */
static Certificate root, middle, leaf, wrong, expired, domain_leaf, cn_only, weak, client_only,
    other, wildcard, other_name, sha1, future, hosting;

static void
make_all (void)
{
  root = certificate_make (&(CertificateWish){ .name = "Root", .authority = TRUE }, NULL);
  middle = certificate_make (&(CertificateWish){ .name = "Middle", .authority = TRUE }, &root);
  leaf = certificate_make (&(CertificateWish){ .name = "x", .names = "DNS:" MX }, &middle);
  wrong
      = certificate_make (&(CertificateWish){ .name = "x", .names = "DNS:www.other.lab" }, &middle);
  expired = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .expired = TRUE }, &middle);
  domain_leaf = certificate_make (&(CertificateWish){ .names = "DNS:" DOMAIN }, &middle);
  cn_only = certificate_make (&(CertificateWish){ .name = MX }, &middle);
  weak = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .rsa = 1024 }, &middle);
  client_only = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .purpose = "clientAuth" },
                                  &middle);
  other = certificate_make (&(CertificateWish){ .name = MX, .names = "DNS:" MX }, NULL);
  wildcard = certificate_make (&(CertificateWish){ .names = "DNS:*." DOMAIN }, &middle);
  other_name = certificate_make (&(CertificateWish){ .name = MX, .names = "DNS:x.lab" }, &middle);
  sha1
      = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .digest = EVP_sha1 () }, &middle);
  hosting = certificate_make (&(CertificateWish){ .names = "DNS:hosting.lab" }, &middle);
  future = certificate_make (&(CertificateWish){ .names = "DNS:" MX,
                                                 .from = 5 * CERTIFICATE_DAY,
                                                 .to = 30 * CERTIFICATE_DAY },
                             &middle);
}

static void
clear_all (void)
{
  Certificate *all[]
      = { &root,        &middle, &leaf,     &wrong,      &expired, &domain_leaf, &cn_only, &weak,
          &client_only, &other,  &wildcard, &other_name, &sha1,    &future,      &hosting };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    certificate_clear (all[i]);
}

/* Both ends step until they are done; what the client saw. */
static LlChain *
shake_hands (const Certificate *own, gboolean with_middle, gboolean with_root)
{
  g_autoptr (SSL_CTX) server_context = SSL_CTX_new (TLS_server_method ());
  g_autoptr (SSL_CTX) client_context = ll_tls_client_context (LL_TLS_PROBE, NULL, NULL);
  g_autoptr (SSL) server = NULL;
  g_autoptr (SSL) client = ll_tls_client_new (client_context, MX, NULL);
  BIO *left = NULL, *right = NULL;

  SSL_CTX_set_security_level (server_context, 0);
  g_assert_cmpint (SSL_CTX_use_certificate (server_context, own->certificate), ==, 1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey (server_context, own->key), ==, 1);
  if (with_middle)
    SSL_CTX_add1_chain_cert (server_context, middle.certificate);
  if (with_root)
    SSL_CTX_add1_chain_cert (server_context, root.certificate);
  server = SSL_new (server_context);
  SSL_set_mode (server, SSL_MODE_NO_AUTO_CHAIN);
  g_assert_cmpint (BIO_new_bio_pair (&left, 0, &right, 0), ==, 1);
  SSL_set_bio (server, left, left);
  SSL_set_bio (client, right, right);
  SSL_set_accept_state (server);
  SSL_set_connect_state (client);
  for (guint i = 0; i < 20 && !(SSL_is_init_finished (server) && SSL_is_init_finished (client));
       i++)
    {
      SSL_do_handshake (client);
      SSL_do_handshake (server);
    }
  g_assert_true (SSL_is_init_finished (client));
  ERR_clear_error ();
  return ll_chain_new (client);
}

typedef struct
{
  const char *name;
  Certificate *own;
  gboolean with_middle;
  gboolean with_root;
  struct
  {
    Certificate *of; /* NULL: end; a digest of this */
    guint8 usage, selector, matching;
    gboolean cut; /* one octet short */
  } records[3];
  LlDane result;
  gboolean weak;
} Case;

static Case cases[] = {
  { "DC01 3 1 1", &leaf, TRUE, FALSE, { { &leaf, 3, 1, 1 } }, LL_DANE_MATCH },
  { "3 0 2", &leaf, TRUE, FALSE, { { &leaf, 3, 0, 2 } }, LL_DANE_MATCH },
  { "3 1 0", &leaf, TRUE, FALSE, { { &leaf, 3, 1, 0 } }, LL_DANE_MATCH },
  { "3 1 1 of another", &leaf, TRUE, FALSE, { { &other, 3, 1, 1 } }, LL_DANE_MISMATCH },
  { "self-signed with 3 1 1", &other, FALSE, FALSE, { { &other, 3, 1, 1 } }, LL_DANE_MATCH },
  { "DC03 expired", &expired, TRUE, FALSE, { { &expired, 3, 0, 1 } }, LL_DANE_MATCH },
  { "DC04 wrong name", &wrong, TRUE, FALSE, { { &wrong, 3, 1, 1 } }, LL_DANE_MATCH },
  { "DC06 2 0 1 root sent", &leaf, TRUE, TRUE, { { &root, 2, 0, 1 } }, LL_DANE_MATCH },
  { "DC07 2 0 1 root not sent", &leaf, TRUE, FALSE, { { &root, 2, 0, 1 } }, LL_DANE_MISMATCH },
  { "DC09 2 1 1 intermediate", &leaf, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MATCH },
  { "2 1 1 intermediate not sent",
    &leaf,
    FALSE,
    FALSE,
    { { &middle, 2, 1, 1 } },
    LL_DANE_MISMATCH },
  { "2 0 1 root sent, intermediate not",
    &leaf,
    FALSE,
    TRUE,
    { { &root, 2, 0, 1 } },
    LL_DANE_MISMATCH },
  { "3 0 0", &leaf, TRUE, FALSE, { { &leaf, 3, 0, 0 } }, LL_DANE_MATCH },
  { "2 1 0 key in DNS only", &leaf, FALSE, FALSE, { { &middle, 2, 1, 0 } }, LL_DANE_MATCH },
  { "2 1 0 of another", &leaf, FALSE, FALSE, { { &other, 2, 1, 0 } }, LL_DANE_MISMATCH },
  { "2 0 1 of the server itself", &leaf, TRUE, FALSE, { { &leaf, 2, 0, 1 } }, LL_DANE_MISMATCH },
  { "2 1 1 of the server itself", &leaf, TRUE, FALSE, { { &leaf, 2, 1, 1 } }, LL_DANE_MISMATCH },
  { "2 0 1 of a self-signed server",
    &other,
    FALSE,
    FALSE,
    { { &other, 2, 0, 1 } },
    LL_DANE_MISMATCH },
  { "2 1 1 of a self-signed server",
    &other,
    FALSE,
    FALSE,
    { { &other, 2, 1, 1 } },
    LL_DANE_MISMATCH },
  { "2 1 1 wildcard", &wildcard, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MATCH },
  { "2 1 1 name in CN, not in SAN",
    &other_name,
    TRUE,
    FALSE,
    { { &middle, 2, 1, 1 } },
    LL_DANE_MISMATCH },
  { "2 1 1 not yet valid", &future, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MISMATCH },
  { "3 1 1 not yet valid", &future, TRUE, FALSE, { { &future, 3, 1, 1 } }, LL_DANE_MATCH },
  { "3 1 1 SHA-1", &sha1, TRUE, FALSE, { { &sha1, 3, 1, 1 } }, LL_DANE_MATCH },
  { "2 1 1 SHA-1", &sha1, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MATCH, TRUE },
  { "good 3 1 2, stale 3 1 1",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 1, 2 }, { &other, 3, 1, 1 } },
    LL_DANE_MATCH },
  { "1 1 1 of the server beside a stale 3 1 1",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 1, 1, 1 }, { &other, 3, 1, 1 } },
    LL_DANE_MISMATCH },
  { "3 7 1 beside a good 2 1 1",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 7, 1 }, { &middle, 2, 1, 1 } },
    LL_DANE_MATCH },
  { "malformed 3 1 2 beside a stale 3 1 1",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 1, 2, TRUE }, { &other, 3, 1, 1 } },
    LL_DANE_MISMATCH },
  { "DC10 2 0 0 in DNS only", &leaf, FALSE, FALSE, { { &middle, 2, 0, 0 } }, LL_DANE_MATCH },
  { "DC12 2 1 1 wrong name", &wrong, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MISMATCH },
  { "DC13 2 1 1 next hop", &domain_leaf, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MATCH },
  { "2 1 1 what the next hop is an alias of",
    &hosting,
    TRUE,
    FALSE,
    { { &middle, 2, 1, 1 } },
    LL_DANE_MATCH },
  { "DC15 2 1 1 CN only", &cn_only, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MATCH },
  { "DC16 2 1 1 expired", &expired, TRUE, FALSE, { { &middle, 2, 1, 1 } }, LL_DANE_MISMATCH },
  { "DC18 3 1 1 of the issuer", &leaf, TRUE, FALSE, { { &middle, 3, 1, 1 } }, LL_DANE_MISMATCH },
  { "DC19 agility",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 1, 1 }, { &other, 3, 1, 2 } },
    LL_DANE_MISMATCH },
  { "agility, both good",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 1, 1 }, { &leaf, 3, 1, 2 } },
    LL_DANE_MATCH },
  { "DC21 other selector",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 1, 1 }, { &other, 3, 0, 2 } },
    LL_DANE_MATCH },
  { "DC22 malformed 3 1 2",
    &leaf,
    TRUE,
    FALSE,
    { { &leaf, 3, 1, 1 }, { &other, 3, 1, 2, TRUE } },
    LL_DANE_MATCH },
  { "DC24 stale 3 1 1, good 2 1 1",
    &leaf,
    TRUE,
    FALSE,
    { { &other, 3, 1, 1 }, { &middle, 2, 1, 1 } },
    LL_DANE_MATCH },
  { "roll-over: next and current",
    &leaf,
    TRUE,
    FALSE,
    { { &other, 3, 1, 1 }, { &leaf, 3, 1, 1 } },
    LL_DANE_MATCH },
  { "DC25 only 3 1 9", &leaf, TRUE, FALSE, { { &leaf, 3, 1, 9 } }, LL_DANE_UNUSABLE },
  { "only 3 2 1", &leaf, TRUE, FALSE, { { &leaf, 3, 2, 1 } }, LL_DANE_UNUSABLE },
  { "DC27 only 1 1 1", &leaf, TRUE, FALSE, { { &leaf, 1, 1, 1 } }, LL_DANE_UNUSABLE },
  { "DC28 only 0 1 1", &leaf, TRUE, FALSE, { { &root, 0, 1, 1 } }, LL_DANE_UNUSABLE },
  { "1 1 1 beside 3 1 1",
    &leaf,
    TRUE,
    FALSE,
    { { &other, 1, 1, 1 }, { &leaf, 3, 1, 1 } },
    LL_DANE_MATCH },
  { "DC34 RSA 1024", &weak, TRUE, FALSE, { { &weak, 3, 1, 1 } }, LL_DANE_MATCH, TRUE },
  { "client only with 3 1 1",
    &client_only,
    TRUE,
    FALSE,
    { { &client_only, 3, 1, 1 } },
    LL_DANE_MATCH },
  { "DC37 none accepted", &leaf, TRUE, FALSE, { { &leaf, 3, 1, 1, TRUE } }, LL_DANE_UNUSABLE },
};

static GBytes *
record (const Case *c, guint i)
{
  guint8 matching = c->records[i].matching;
  g_autoptr (GBytes) rdata
      = certificate_tlsa (c->records[i].of->certificate, c->records[i].usage,
                          c->records[i].selector > 1 ? 1 : c->records[i].selector,
                          matching > 2 ? 1 : matching);
  gsize length;
  guint8 *bytes = g_bytes_unref_to_data (g_steal_pointer (&rdata), &length);

  bytes[1] = c->records[i].selector;
  bytes[2] = matching;
  return g_bytes_new_take (bytes, length - (c->records[i].cut ? 1 : 0));
}

static void
test_compare (void)
{
  static const LlDaneNames names
      = { .base = MX, .mx = MX, .next_hop = DOMAIN, .alias_of = "hosting.lab" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr (GPtrArray) records
          = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_autoptr (LlChain) chain = shake_hands (c->own, c->with_middle, c->with_root);
      g_autofree char *detail = NULL;
      gboolean is_weak = FALSE;

      for (guint j = 0; j < G_N_ELEMENTS (c->records) && c->records[j].of != NULL; j++)
        g_ptr_array_add (records, record (c, j));
      g_test_message ("%s", c->name);
      g_assert_cmpint (ll_dane_compare (chain, records, &names, &is_weak, &detail), ==, c->result);
      g_assert_cmpint (is_weak, ==, c->weak);
      g_assert_nonnull (detail);
      g_test_message ("   %s", detail);
    }
}

/* DC19: people are told why a good record does not count. */
static void
test_agility_said (void)
{
  static const LlDaneNames names = { .base = MX };
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (LlChain) chain = shake_hands (&leaf, TRUE, FALSE);
  g_autofree char *detail = NULL;

  g_ptr_array_add (records, certificate_tlsa (leaf.certificate, 3, 1, 1));
  g_ptr_array_add (records, certificate_tlsa (other.certificate, 3, 1, 2));
  g_assert_cmpint (ll_dane_compare (chain, records, &names, NULL, &detail), ==, LL_DANE_MISMATCH);
  g_assert_nonnull (strstr (detail, "SHA-512"));
}

static void
test_none (void)
{
  static const LlDaneNames names = { .base = MX };
  g_autoptr (LlChain) chain = shake_hands (&leaf, TRUE, FALSE);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  g_autofree char *detail = NULL;

  g_assert_cmpint (ll_dane_compare (chain, NULL, &names, NULL, &detail), ==, LL_DANE_NONE);
  g_assert_cmpint (ll_dane_compare (chain, records, &names, NULL, &detail), ==, LL_DANE_NONE);
}

/* WebPKI with our root trusted: cases 4.9 and SA06, SA07. */
static void
test_webpki (void)
{
  Certificate constrained
      = certificate_make (&(CertificateWish){ .name = "C",
                                              .authority = TRUE,
                                              .constraints = "permitted;DNS:else.lab" },
                          &root);
  Certificate partial
      = certificate_make (&(CertificateWish){ .names = "DNS:m*.example.lab" }, &root);
  Certificate mail_only
      = certificate_make (&(CertificateWish){ .name = MX, .names = "email:a@b.lab" }, &root);
  Certificate address = certificate_make (&(CertificateWish){ .names = "IP:192.0.2.1" }, &root);
  Certificate idn = certificate_make (&(CertificateWish){ .names = "DNS:xn--mx-lka.lab" }, &root);
  Certificate other_cn
      = certificate_make (&(CertificateWish){ .name = "y.lab", .names = "DNS:" MX }, &root);
  Certificate capitals
      = certificate_make (&(CertificateWish){ .names = "DNS:MX.Example.LAB" }, &middle);
  Certificate below
      = certificate_make (&(CertificateWish){ .names = "DNS:" MX, .authority = FALSE }, &leaf);
  Certificate outside = certificate_make (&(CertificateWish){ .names = "DNS:" MX }, &constrained);
  g_autoptr (SSL_CTX) trust = ll_tls_client_context (LL_TLS_PROBE, NULL, NULL);
  X509_STORE *store = X509_STORE_new ();
  const struct
  {
    const char *name;
    Certificate *own;
    Certificate *sent; /* above it, or NULL */
    const char *host;
    gboolean valid;
    LlCode code;
  } chains[] = {
    { "good", &leaf, &middle, MX, TRUE, LL_CODE_NONE },
    { "C27 root dot", &leaf, &middle, MX ".", TRUE, LL_CODE_NONE },
    { "C18 self-signed", &other, NULL, MX, FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED },
    { "C19 expired", &expired, &middle, MX, FALSE, LL_CODE_CERTIFICATE_EXPIRED },
    { "C21 SA06 other name", &wrong, &middle, MX, FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "C22 SAN counts", &other_cn, NULL, MX, TRUE, LL_CODE_NONE },
    { "C24 e-mail names only", &mail_only, NULL, MX, FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "SA07 CN only", &cn_only, &middle, MX, FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "other name, CN as it should be", &other_name, &middle, MX, FALSE,
      LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "not yet valid", &future, &middle, MX, FALSE, LL_CODE_CERTIFICATE_EXPIRED },
    { "capitals", &capitals, &middle, MX, TRUE, LL_CODE_NONE },
    { "issued by who may not", &below, &leaf, MX, FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED },
    { "wildcard of the domain itself", &wildcard, &middle, DOMAIN, FALSE,
      LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "C25 wildcard", &wildcard, &middle, MX, TRUE, LL_CODE_NONE },
    { "C25 two labels", &wildcard, &middle, "a." MX, FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "partial wildcard", &partial, NULL, MX, FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "C28 A-label", &idn, NULL, "xn--mx-lka.lab", TRUE, LL_CODE_NONE },
    { "C30 no intermediate", &leaf, NULL, MX, FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED },
    { "C36 name constraints", &outside, &constrained, MX, FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED },
    { "C37 address", &address, NULL, MX, FALSE, LL_CODE_CERTIFICATE_HOST_MISMATCH },
    { "address literal", &address, NULL, "192.0.2.1", TRUE, LL_CODE_NONE },
    { "C15 RSA 1024", &weak, &middle, MX, FALSE, LL_CODE_WEAK_KEY },
    { "C16 SHA-1", &sha1, &middle, MX, FALSE, LL_CODE_WEAK_KEY },
    { "client only", &client_only, &middle, MX, FALSE, LL_CODE_CERTIFICATE_NOT_TRUSTED },
  };

  X509_STORE_add_cert (store, root.certificate);
  SSL_CTX_set_cert_store (trust, store);
  for (guint i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      STACK_OF (X509) *stack = sk_X509_new_null ();
      g_autoptr (LlChain) chain = NULL;
      g_auto (LlChainFinding) finding = { 0 };

      sk_X509_push (stack, chains[i].own->certificate);
      if (chains[i].sent != NULL)
        sk_X509_push (stack, chains[i].sent->certificate);
      chain = ll_chain_new_from (stack);
      sk_X509_free (stack);
      finding = ll_chain_verify (chain, trust, chains[i].host);
      g_test_message ("%s: %s", chains[i].name, finding.detail ? finding.detail : "valid");
      g_assert_cmpint (finding.valid, ==, chains[i].valid);
      g_assert_cmpint (finding.code, ==, chains[i].code);
    }
  {
    Certificate *made[] = { &constrained, &partial,  &mail_only, &address, &idn,
                            &other_cn,    &capitals, &below,     &outside };

    for (guint i = 0; i < G_N_ELEMENTS (made); i++)
      certificate_clear (made[i]);
  }
}

/* The server sends the root that is trusted here once more, as an old one signed it that is over
 * since: what is known counts before what was sent. */
static void
test_cross_signed (void)
{
  Certificate old
      = certificate_make (&(CertificateWish){ .name = "Old", .authority = TRUE, .expired = TRUE },
                          NULL);
  g_autoptr (SSL_CTX) trust = ll_tls_client_context (LL_TLS_PROBE, NULL, NULL);
  X509 *crossed = X509_dup (root.certificate);
  X509_STORE *store = X509_STORE_new ();
  STACK_OF (X509) *stack = sk_X509_new_null ();
  g_autoptr (LlChain) chain = NULL;
  g_auto (LlChainFinding) finding = { 0 };

  X509_set_issuer_name (crossed, X509_get_subject_name (old.certificate));
  g_assert_cmpint (X509_sign (crossed, old.key, EVP_sha256 ()), >, 0);
  X509_STORE_add_cert (store, root.certificate);
  X509_STORE_add_cert (store, old.certificate);
  SSL_CTX_set_cert_store (trust, store);
  sk_X509_push (stack, leaf.certificate);
  sk_X509_push (stack, middle.certificate);
  sk_X509_push (stack, crossed);
  chain = ll_chain_new_from (stack);
  sk_X509_free (stack);
  finding = ll_chain_verify (chain, trust, MX);
  g_assert_true (finding.valid);
  X509_free (crossed);
  certificate_clear (&old);
}

/* C31: in any order, and with some that belong to nobody. */
static void
test_order (void)
{
  g_autoptr (SSL_CTX) trust = SSL_CTX_new (TLS_client_method ());
  X509_STORE *store = X509_STORE_new ();
  STACK_OF (X509) *stack = sk_X509_new_null ();
  g_autoptr (LlChain) chain = NULL;
  g_auto (LlChainFinding) finding = { 0 };

  X509_STORE_add_cert (store, root.certificate);
  SSL_CTX_set_cert_store (trust, store);
  sk_X509_push (stack, leaf.certificate);
  sk_X509_push (stack, other.certificate);
  sk_X509_push (stack, root.certificate);
  sk_X509_push (stack, middle.certificate);
  chain = ll_chain_new_from (stack);
  sk_X509_free (stack);
  finding = ll_chain_verify (chain, trust, MX);
  g_assert_true (finding.valid);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  make_all ();
  g_test_add_func ("/assess/dane/DC01-DC37", test_compare);
  g_test_add_func ("/assess/dane/DC19-said", test_agility_said);
  g_test_add_func ("/assess/dane/none", test_none);
  g_test_add_func ("/assess/chain/C15-C37-SA06-SA07", test_webpki);
  g_test_add_func ("/assess/chain/C31-order", test_order);
  g_test_add_func ("/assess/chain/cross-signed", test_cross_signed);
  result = g_test_run ();
  clear_all ();
  return result;
}
