#ifndef CACHETRONOMY_COPENSSL_SHIM_H
#define CACHETRONOMY_COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// A macro that Swift does not see: the name of the server, requested in clear text.
static inline int cachetronomy_tls_name(SSL *session, const char *name) {
  return SSL_set_tlsext_host_name(session, name) == 1;
}

#endif
