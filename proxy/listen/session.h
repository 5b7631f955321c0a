/* SPDX-FileCopyrightText: Letterlock contributors */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "secrets/secret.h"
#include "wire/envelope.h"
#include "wire/status.h"

G_BEGIN_DECLS

/*
 * One conversation with a mail program, bytes in, reply bytes out (RFC 5321,
 * 2920, 1870, 3207, 4954, 3030). No socket, no clock, no threads inside, so the
 * recorded conversations in tests/chats/ and the fuzzer drive the real thing.
 *
 * What a letter means is asked of an LlSessionHandler, which may block for as long
 * as its answer may take (RCPT 300 ms, end of data 20 s). Its functions set @reply;
 * the session goes on by the reply's class. "later" is a positive reply by design:
 * the letter is taken and decided afterwards.
 */

typedef struct
{
  gboolean tls;             /* the connection is in TLS already (port 1465) */
  gboolean tls_available;   /* STARTTLS may be offered */
  gboolean auth_required;   /* [listen] auth */
  gboolean auth_needs_tls;  /* foreign listeners, and the "client" authentication */
  gboolean requiretls;      /* an account's provider offers it: offered inside TLS */
  gboolean bare_lf_refused; /* [listen] bare-lf = refuse; else normalised in content */
  guint64 size;             /* SIZE to offer */
  const char *host;         /* (not owned) "localhost" */
  /* May be NULL. Asked at MAIL: FALSE ends the session with 421 (promise 9: whose process is
   * it now?). Set by the listener. */
  gboolean (*still_ours) (gpointer peer);
  gpointer peer;
} LlSessionOptions;

typedef struct
{
  /* @login and @password as the client gave them. A 2xx (235) signs in. 454 may follow. */
  void (*auth) (gpointer data, const char *login, const LlSecret *password, LlReply *reply);
  /* The envelope has its sender and parameters; recipients come one by one. */
  void (*mail) (gpointer data, const LlEnvelope *envelope, LlReply *reply);
  /* envelope->smtputf8 is set already if this recipient needs it. */
  void (*rcpt) (gpointer data,
                const LlEnvelope *envelope,
                const LlRecipient *recipient,
                LlReply *reply);
  /* Before 354, or before the first BDAT chunk. */
  void (*data) (gpointer data, const LlEnvelope *envelope, LlReply *reply);
  /* Content, undotted, lines ended by CRLF. FALSE: cannot keep it; the session reads on
   * to the end of data and then asks end() all the same. */
  gboolean (*content) (gpointer data, const char *bytes, gsize length);
  /* @fault: NULL, or why the content must be refused (NUL, bare CR, too large...): reply is
   * preset to the refusal then and only clean-up is wanted. */
  void (*end) (gpointer data, const LlEnvelope *envelope, const char *fault, LlReply *reply);
  /* RSET, EHLO, or the connection ended inside a transaction: mail() was answered with 2xx and
   * end() was not called. */
  void (*reset) (gpointer data);
  /* Another command, or a clean TLS close, came after a final reply to data: the client did
   * receive it (promise 3). What it had sent before the reply went out does not count. */
  void (*received) (gpointer data);
  /* May be NULL. Just before end(), when content() got other bytes than came in: LF alone became
   * CRLF, or the CRLF of the last line was missing (promise 5 shows both). */
  void (*changed) (gpointer data, gboolean bare_lf, gboolean last_crlf);
} LlSessionHandler;

typedef enum
{
  LL_SESSION_READ,     /* wants more bytes */
  LL_SESSION_STARTTLS, /* write what is in @out, then do the handshake, then ll_session_secured */
  LL_SESSION_CLOSE,    /* write what is in @out, then close */
} LlSessionNext;

typedef struct _LlSession LlSession;

LlSession *ll_session_new (const LlSessionOptions *options,
                           const LlSessionHandler *handler,
                           gpointer handler_data);
void ll_session_free (LlSession *session); /* calls reset() when a transaction is open */

/* The 220 line, or 421 when @busy. */
void ll_session_greet (LlSession *session, gboolean busy, GString *out);

/* Takes all of @bytes. Replies to pipelined commands are gathered in @out. Content handed to
 * the handler never crosses an unflushed reply: when the caller must flush before going on,
 * everything it needs is in @out. Bytes after STARTTLS in the same read are discarded and the
 * session ends (RFC 3207 4.2, no injection). */
LlSessionNext ll_session_feed (LlSession *session, const char *bytes, gsize length, GString *out);

/* TLS is up: forgets EHLO, AUTH and MAIL (RFC 3207 4.2). */
void ll_session_secured (LlSession *session);

/* For timeouts and shutdown: 421 with @text. */
void ll_session_abort (LlSession *session, const char *text, GString *out);

/* A clean TLS close came: what we answered last was received (promise 3). */
void ll_session_ended (LlSession *session);

/* Whether a final reply to a letter is in @out or out, and nothing has come since. If so, and
 * @out is about to be written, ask whether bytes are waiting already, and say ll_session_outrun()
 * when they are: a client that did not wait for our reply has not shown that it received it. */
gboolean ll_session_is_unreceived (const LlSession *session);
void ll_session_outrun (LlSession *session);

/* How many passwords were refused so far; the caller waits, the session has no clock. */
guint ll_session_wrong_passwords (const LlSession *session);

/* Signed in, or in no need of it. */
gboolean ll_session_is_admitted (const LlSession *session);

/* Whether the next bytes are a letter, and no command or password. */
gboolean ll_session_in_content (const LlSession *session);

/* Whether a letter has been begun and is not yet answered. */
gboolean ll_session_in_transaction (const LlSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LlSession, ll_session_free)

G_END_DECLS
