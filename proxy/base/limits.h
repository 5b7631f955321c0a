/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

/*
 * Every limit of the program, with its reason. What is not bounded here is not
 * read. Times are milliseconds unless the name says otherwise.
 */

/* -- the local SMTP server ------------------------------------------------ */

/* RFC 5321 4.5.3.1.4 says 512 with extensions adding to it; AUTH with a token needs
 * 12288 (RFC 4954 4.). Longer is answered 500 and skipped to its CRLF. */
#define LL_COMMAND_LINE_MAX 12288

/* RFC 5321 4.5.3.1.8 asks for at least 100; Gmail and Exchange Online stop at 500. */
#define LL_RECIPIENTS_MAX 1000

/* Above every provider's SIZE that we know (Proton and Google 25-50 MB, Exchange 150 MB). */
#define LL_MESSAGE_SIZE_MAX (512LL * 1024 * 1024)

/* A mail program opens one, a scripted one a few. 64 at work must do, and a new connection is often
 * there before the end of an old one was seen. */
#define LL_SESSIONS_MAX 80

/* Commands that lead nowhere (RFC 5321 4.2.4 lets us close with 421). */
#define LL_SESSION_ERRORS_MAX 20

/* NOOP, RSET, HELO, VRFY and HELP between two letters: a kept-alive connection says NOOP once
 * a minute for its whole life. */
#define LL_SESSION_IDLERS_MAX 100

/* RFC 5321 4.5.3.2.7: at least 5 minutes for a command; a whole connection is bounded too. */
#define LL_SESSION_IDLE (5 * 60 * 1000)
#define LL_SESSION_LIFETIME (60 * 60 * 1000)

/* A person may be asked by the mail program to trust our certificate while it waits. */
#define LL_SESSION_HANDSHAKE (2 * 60 * 1000)

/* A reply that nobody reads; and a stranger who has not signed in (foreign listeners). */
#define LL_SESSION_WRITE (60 * 1000)
#define LL_SESSION_STRANGER_IDLE (60 * 1000)

/* Strangers never take the last place from the owner's own programs. */
#define LL_SESSIONS_FOREIGN_MAX (LL_SESSIONS_MAX / 2)

/* Three wrong passwords, then each further answer waits this long (Outlook loops for ever). */
#define LL_AUTH_FREE_TRIES 3
#define LL_AUTH_SLOW 2000

/* From this many recipients on, the mail program never waits for probes (design 4.4). */
#define LL_MANY_RECIPIENTS 20

/* Outlook gives up after 60 s and sends again, so DATA is answered well before. */
#define LL_DATA_ANSWER 20000
#define LL_RCPT_ANSWER 300

/* -- addresses and headers ------------------------------------------------ */

/* RFC 5321 4.5.3.1.1 to 4.5.3.1.3 */
#define LL_LOCAL_PART_MAX 64
#define LL_DOMAIN_MAX 255
#define LL_ADDRESS_MAX 254

/* Headers are kept in memory while a letter is looked at; real ones stay below 100 KB. */
#define LL_HEADER_MAX (1024 * 1024)

/* MIME parts inside parts; deeper is passed on unread, never refused. */
#define LL_MIME_DEPTH_MAX 64

/* -- talking to servers ---------------------------------------------------- */

/* RFC 5321 4.5.3.1.5 says 512; real servers send more. */
#define LL_REPLY_LINE_MAX 2048

/* A greeting or EHLO reply with more lines is not a mail server. */
#define LL_REPLY_LINES_MAX 100

#define LL_CONNECT_TIMEOUT 10000
#define LL_UPSTREAM_CONNECT 15000
#define LL_UPSTREAM_COMMAND (5 * 60 * 1000)
/* On a connection that rested, silence means that it is dead (a network that is gone, a suspended
 * machine): a new one costs less than to wait on, and the mail program waits. */
#define LL_UPSTREAM_STALE 5000
/* RFC 5321 4.5.3.2.6: ten minutes for the reply to the final dot. */
#define LL_UPSTREAM_DOT (10 * 60 * 1000)

/* Per account; providers count connections and throttle the third. */
#define LL_UPSTREAM_CONNECTIONS_MAX 2

/* Steps of one account at a time: most of them look at the way and need no connection; one
 * account whose recipients' servers are slow must not hold up the others. */
#define LL_QUEUE_STEPS_MAX 8

/* What a look into the user's own mailbox reads: a returned letter is short, and few are searched
 * for. */
#define LL_INBOX_MESSAGE_MAX (1024 * 1024)
#define LL_INBOX_FOUND_MAX 20

/* What was measured of a provider is believed this long: it changes its settings without telling,
 * and nobody wants to write to his test addresses every week. */
#define LL_ONWARD_SECONDS (90 * 24 * 60 * 60)

/* A call of `account test --onward` waits no longer than that: it can look again. */
#define LL_ONWARD_WAIT_MAX 3600

/* Providers try for 5 days before they return a letter; after that no answer comes any more. */
#define LL_ONWARD_OPEN_SECONDS (7 * 24 * 60 * 60)

/* A connection dialed ahead of need: look-up to sign-in. */
#define LL_UPSTREAM_WARM 30000

/* An idle connection is given back before most providers close it (1 to 5 minutes). */
#define LL_UPSTREAM_IDLE_SECONDS 60

/* A ticket older than that costs a full handshake again: the certificate is looked at anew. */
#define LL_UPSTREAM_SESSION_SECONDS 3600

/* What a provider says of its own servers (autoconfig): real files have a few kB. And how long all
 * places together may take to say it (milliseconds): a person waits. */
#define LL_AUTOCONFIG_MAX (256 * 1024)
#define LL_DISCOVER_DEADLINE 15000

/* More servers than that are no help to a person who has to choose. */
#define LL_SUBMISSIONS_MAX 16

/* A password is asked for again after that, so that a changed one is noticed. */
#define LL_UPSTREAM_PASSWORD_SECONDS 180
#define LL_PASSWORD_COMMAND_TIMEOUT 30000
#define LL_PASSWORD_MAX 4096

/* A token in one line of AUTH (12288 octets in base64, RFC 4954 4); Microsoft's have 2 to 3 kB. The
 * answer that brings two of them and an identity; how deep its JSON goes (theirs: 1). */
#define LL_OAUTH_TOKEN_MAX 8192
#define LL_OAUTH_ANSWER_MAX (64 * 1024)
#define LL_OAUTH_DEPTH_MAX 8

/* One question to the server that gives tokens (milliseconds): an answer to DATA may wait on it. */
#define LL_OAUTH_TIMEOUT 15000

/* Seconds. A token is renewed so long before its end, while the old one still serves. One whose
 * end is not said (RFC 6749 5.1) is taken to live so long; one that is refused at that age was not
 * refused for its age. "Sign in again" is asked of the server again after an hour: an administrator
 * may have changed his mind. */
#define LL_OAUTH_AHEAD 300
#define LL_OAUTH_LIFETIME 300
#define LL_OAUTH_LIFETIME_MAX (24 * 60 * 60)
#define LL_OAUTH_YOUNG 60
#define LL_OAUTH_REFUSED LL_RETRY_SIGN_IN

/* A person finds the password and the telephone for the second factor (milliseconds). */
#define LL_OAUTH_SIGN_IN (10 * 60 * 1000)

/* What a browser sends to the loopback address: our parameters, and headers of its own; and how
 * long one that only connects ahead may say nothing (milliseconds). */
#define LL_OAUTH_REQUEST_MAX (16 * 1024)
#define LL_OAUTH_REQUEST_TIME 5000

/* RFC 8628 3.5: seconds between two questions, where the server does not say; and what is believed
 * of it where it does. */
#define LL_OAUTH_INTERVAL 5
#define LL_OAUTH_INTERVAL_MAX 60

/* A keyring that opens at the login gives no sign, nor does an agent that starts: whoever waits for
 * one asks again (seconds). A person who has just typed the password looks whether the letter goes.
 */
#define LL_KEYRING_AGAIN 20

/* The same for room on a full disk: nobody sits and waits for that, and each try writes. */
#define LL_FULL_AGAIN 60

/* On a metered network: letters over that size are not tried again and again, for so long
 * (seconds). A text with a picture of a telephone is smaller; a day later it has to go. */
#define LL_METERED_SIZE (1024 * 1024)
#define LL_METERED_PATIENCE (24 * 60 * 60)

/* What goes into one write: large enough for TLS records of full size, small in memory. */
#define LL_UPSTREAM_BUFFER (64 * 1024)

/* After a shutdown was asked for, the answer to a final dot may still come: it decides between
 * "sent" and "uncertain". */
#define LL_UPSTREAM_DOT_GRACE 20000

/* Seconds: "delayed" is told (design 4.5); a decision is too old; a refused sign-in is tried
 * again (providers lock accounts that try often). */
#define LL_RETRY_DELAYED (4 * 60 * 60)
#define LL_RETRY_DECIDE_ANEW (10 * 60)
#define LL_RETRY_SIGN_IN (60 * 60)

/* -- looking at the way ------------------------------------------------------ */

#define LL_CHECK_SOFT 4000
#define LL_CHECK_HARD 8000
#define LL_DNS_DEADLINE 5000

/* All hosts of a domain are looked up, that many are contacted (facts/assurance.md 2.1). Names
 * without an address do not count, so that nobody hides a host behind twenty of them; but
 * somewhere it ends. */
#define LL_MX_HOSTS_MAX 20
#define LL_MX_NAMES_MAX 100
#define LL_PROBE_ADDRESSES_MAX 5
#define LL_TLSA_RECORDS_MAX 64

/* RFC 8461 3.3 suggests 64 kilobytes for the policy, 3.2 bounds max_age to a year. */
#define LL_STS_POLICY_MAX 65536
#define LL_STS_MAX_AGE 31557600
#define LL_STS_FETCH_BACKOFF_SECONDS 300
#define LL_STS_FETCH_TIMEOUT 8000

/* Seconds for which a failure counts that was not seen whole since: as long as letters wait that
 * were held for it ([queue] lifetime, where nobody changed it). */
#define LL_FAILURE_REMEMBERED (5 * 24 * 60 * 60)

/* RFC 9325 and what facts/assurance.md 2.1 calls WEAK */
#define LL_TLS_CIPHER_BITS_MIN 128
#define LL_TLS_RSA_BITS_MIN 2048
#define LL_TLS_EC_BITS_MIN 224

/* -- engines in processes of their own ------------------------------------------ */

/* One seals while another lists keys; more would only share the same gpg-agent. */
#define LL_ENGINE_WORKERS 2

/* A child without work is gone after this (seconds): gpg's libraries are 10 MB. */
#define LL_ENGINE_IDLE 60

/* Finding a recipient's keys, all sources together (milliseconds): as long as the check of his way
 * may take, so that nobody waits longer for the one than for the other. */
#define LL_KEYS_BUDGET 8000

/* Whether a certificate was revoked: CRL and OCSP together (milliseconds); the search for keys has
 * to end in its own time, too. */
#define LL_REVOCATION_BUDGET 5000

/* An answer of OCSP is a few kB; lists of large issuers have some MB. */
#define LL_OCSP_MAX (64 * 1024)
#define LL_CRL_MAX (8 * 1024 * 1024)

/* Places that one certificate names for either; more are a trick. */
#define LL_REVOCATION_PLACES_MAX 4

/* A signature beside a letter: with a chain of large certificates, some 20 kB. */
#define LL_SIGNATURE_MAX (256 * 1024)

/* gpg compresses 20 MB/s: a longer letter would wait for what it hardly gains. */
#define LL_COMPRESSED_MAX (5 * 1024 * 1024)

/* What stands before the data of a locked letter: for LL_RECIPIENTS_MAX keys of 16384 bits. */
#define LL_SESSION_KEYS_MAX (2100 * 1024)

/* Locking one copy (milliseconds), and a millisecond more for so many octets: 200 MB take gpg about
 * 10 s, on a slow machine ten times that; one that hangs keeps others waiting until it is over. */
#define LL_LOCK_DEADLINE (60 * 1000)
#define LL_LOCK_OCTETS 1000

/* The same while a person may be looking for his passphrase (milliseconds). */
#define LL_PROMPT_DEADLINE (300 * 1000)
#define LL_KEYS_THREADS 8

/* A file with the user's own certificate, its key and its issuers: a few kB each. It fits one
 * message to the worker. */
#define LL_OWN_FILE_MAX (128 * 1024)

/* A private key: RSA of 16384 bit takes 10 kB. It fits a pipe that nobody reads yet. */
#define LL_OWN_KEY_MAX (32 * 1024)

/* Opening it (milliseconds): the file says how often its passphrase is hashed. */
#define LL_OWN_DEADLINE (30 * 1000)

/* The certificate of an account is spoken of from this long before its end on (seconds): issuers
 * take days to renew one. */
#define LL_OWN_SOON (30 * 86400)

/* -- files ------------------------------------------------------------------ */

#define LL_CONFIG_FILE_MAX (1024 * 1024)

/* A file of a mail program that is set up, in memory: Thunderbird's prefs.js has some 100 kB, its
 * certificates some MB where they were kept for years. */
#define LL_SETUP_FILE_MAX (64 * 1024 * 1024)

/* Of lists and objects in each other in Thunderbird's saved passwords: it writes three, and may
 * come to more. */
#define LL_LOGINS_DEPTH_MAX 32

/* What is kept with one recipient beside its state: some forty keys at most (spool/extra.h). */
#define LL_PROGRESS_KEYS_MAX 256

/* For the keyring with Evolution's passwords, in milliseconds: its owner may have to open it. */
#define LL_SETUP_KEYRING_DEADLINE (2 * 60 * 1000)

/* For evolution-source-registry to read what was changed: it collects changes for three seconds. */
#define LL_SETUP_REGISTRY_DEADLINE (10 * 1000)

/* Each of the two files of the spool's log: what comes in within a second or so, until the ledger
 * has it, at some thousand letters a second. */
#define LL_LOG_MAX (16 * 1024 * 1024)

/* A short text about a letter, sealed and kept: a subject of 200 characters has 800 octets. */
#define LL_ASIDE_MAX 1024

/* -- the ledger and the bus --------------------------------------------------- */

/* Letters in one answer; a recipient's proof is about 1 kB, a D-Bus message may hold 128 MB. */
#define LL_LEDGER_PAGE_MAX 1000
#define LL_LEDGER_PAGE_DEFAULT 100
/* Ids in one answer, eight octets each: 20 letters an hour for five years. */
#define LL_LEDGER_IDS_MAX 1000000
#define LL_QUERY_TEXT_MAX 1024
#define LL_QUERY_STATES_MAX 32

/* What is looked for in kept originals, octets; how much of each is looked at: what people write
 * comes before what they attach; and how long one answer may take (milliseconds). */
#define LL_SEARCH_TEXT_MAX 200
#define LL_SEARCH_LETTER_MAX (64 * 1024 * 1024)
#define LL_SEARCH_SLICE 2000

/* Programs of this user that watch us at the same time; calls that run, and that wait for it.
 * `check` of a hundred domains is a hundred calls, each of which waits for servers far away. */
#define LL_BUS_CONNECTIONS_MAX 64
#define LL_BUS_THREADS 128
#define LL_BUS_WAITING_MAX 256

/* A program that asked for a letter, and does not read it: a person may be paging through it. */
#define LL_BUS_READER (10 * 60 * 1000)
