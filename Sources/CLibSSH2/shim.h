// What Swift cannot call in libssh2 (function macros, untyped callbacks) and what differs between its versions.
// Version differences are settled here, never in Swift.
#ifndef BATON_CLIBSSH2_SHIM_H
#define BATON_CLIBSSH2_SHIM_H

#include <libssh2.h>
#include <sys/types.h>

typedef ssize_t (*baton_ssh2_send)(libssh2_socket_t, const void *, size_t, int, void **);
typedef ssize_t (*baton_ssh2_recv)(libssh2_socket_t, void *, size_t, int, void **);

static inline void baton_ssh2_set_callbacks(LIBSSH2_SESSION *session, baton_ssh2_send send, baton_ssh2_recv recv) {
#if LIBSSH2_VERSION_NUM >= 0x010b01
    libssh2_session_callback_set2(session, LIBSSH2_CALLBACK_SEND, (libssh2_cb_generic *)send);
    libssh2_session_callback_set2(session, LIBSSH2_CALLBACK_RECV, (libssh2_cb_generic *)recv);
#else
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_SEND, (void *)send);
    libssh2_session_callback_set(session, LIBSSH2_CALLBACK_RECV, (void *)recv);
#endif
}

typedef int (*baton_ssh2_sign)(LIBSSH2_SESSION *, unsigned char **, size_t *, const unsigned char *, size_t, void **);

static inline int baton_ssh2_userauth_publickey(
    LIBSSH2_SESSION *session, const char *user, const unsigned char *blob, size_t length, baton_ssh2_sign sign,
    void **context) {
    return libssh2_userauth_publickey(session, user, blob, length, sign, context);
}

// The names an enum macro would lose on the way to Swift.
static inline int baton_ssh2_method_kex(void) { return LIBSSH2_METHOD_KEX; }
static inline int baton_ssh2_method_hostkey(void) { return LIBSSH2_METHOD_HOSTKEY; }
static inline int baton_ssh2_method_crypt_out(void) { return LIBSSH2_METHOD_CRYPT_CS; }
static inline int baton_ssh2_method_crypt_in(void) { return LIBSSH2_METHOD_CRYPT_SC; }
static inline int baton_ssh2_method_mac_out(void) { return LIBSSH2_METHOD_MAC_CS; }
static inline int baton_ssh2_method_mac_in(void) { return LIBSSH2_METHOD_MAC_SC; }

#endif
