// libcrypto for three purposes only: private keys and their signatures, checksums, and the keyed hash of known_hosts.
// The builders that need libcrypto's parameter arrays live here because those are macros and varargs in disguise.
#ifndef BATON_CCRYPTO_SHIM_H
#define BATON_CCRYPTO_SHIM_H

// For SHA-1 without a context that is allocated: see baton_hashed_name.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

/// A big-endian number inside a key file.
typedef struct {
    const unsigned char *bytes;
    size_t count;
} baton_number;

static inline int baton_push_number(OSSL_PARAM_BLD *build, const char *name, baton_number number, BIGNUM **keep) {
    if (number.count == 0) return 1;
    *keep = BN_bin2bn(number.bytes, (int)number.count, NULL);
    return *keep != NULL && OSSL_PARAM_BLD_push_BN(build, name, *keep);
}

static inline EVP_PKEY *baton_key_from(const char *type, OSSL_PARAM_BLD *build) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1) {
        if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) != 1) key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

/// An RSA key from the numbers of an OpenSSH key file; NULL if libcrypto refuses them.
static inline EVP_PKEY *baton_rsa_key(
    baton_number n, baton_number e, baton_number d, baton_number p, baton_number q, baton_number iqmp) {
    EVP_PKEY *key = NULL;
    BIGNUM *keep[6] = {NULL, NULL, NULL, NULL, NULL, NULL};
    BIGNUM *dmp1 = BN_new(), *dmq1 = BN_new(), *less = BN_new();
    BN_CTX *scratch = BN_CTX_new();
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build != NULL && scratch != NULL && dmp1 != NULL && dmq1 != NULL && less != NULL
        && baton_push_number(build, OSSL_PKEY_PARAM_RSA_N, n, &keep[0])
        && baton_push_number(build, OSSL_PKEY_PARAM_RSA_E, e, &keep[1])
        && baton_push_number(build, OSSL_PKEY_PARAM_RSA_D, d, &keep[2])
        && baton_push_number(build, OSSL_PKEY_PARAM_RSA_FACTOR1, p, &keep[3])
        && baton_push_number(build, OSSL_PKEY_PARAM_RSA_FACTOR2, q, &keep[4])
        && baton_push_number(build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, iqmp, &keep[5])
        && keep[0] && keep[1] && keep[2] && keep[3] && keep[4] && keep[5]
        && BN_sub(less, keep[3], BN_value_one()) && BN_mod(dmp1, keep[2], less, scratch)
        && BN_sub(less, keep[4], BN_value_one()) && BN_mod(dmq1, keep[2], less, scratch)
        && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT1, dmp1)
        && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT2, dmq1)) {
        key = baton_key_from("RSA", build);
    }
    OSSL_PARAM_BLD_free(build);
    for (int i = 0; i < 6; i++) BN_clear_free(keep[i]);
    BN_clear_free(dmp1);
    BN_clear_free(dmq1);
    BN_clear_free(less);
    BN_CTX_free(scratch);
    return key;
}

/// An ECDSA key from curve, public point and secret; NULL if libcrypto refuses them.
static inline EVP_PKEY *baton_ecdsa_key(const char *curve, baton_number point, baton_number secret) {
    EVP_PKEY *key = NULL;
    BIGNUM *keep = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build != NULL
        && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0)
        && OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.bytes, point.count)
        && baton_push_number(build, OSSL_PKEY_PARAM_PRIV_KEY, secret, &keep)) {
        key = baton_key_from("EC", build);
    }
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(keep);
    return key;
}

static inline int baton_refuse_passphrase(char *buffer, int size, int writing, void *asked) {
    (void)buffer, (void)size, (void)writing;
    *(int *)asked = 1;
    return -1;
}

/// A private key in PEM (PKCS#1, SEC1, PKCS#8). `*encrypted` is set when it cannot be read without a passphrase.
static inline EVP_PKEY *baton_pem_key(const unsigned char *bytes, size_t count, int *encrypted) {
    *encrypted = 0;
    BIO *source = BIO_new_mem_buf(bytes, (int)count);
    if (source == NULL) return NULL;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, baton_refuse_passphrase, encrypted);
    BIO_free(source);
    ERR_clear_error();
    return key;
}

/// The public number `name` ("n" or "e") of a key, big-endian; returns its length, or 0.
static inline size_t baton_key_number(EVP_PKEY *key, const char *name, unsigned char *into, size_t room) {
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return 0;
    size_t count = (size_t)BN_num_bytes(number);
    if (count > room) count = 0;
    if (count > 0) BN_bn2bin(number, into);
    BN_free(number);
    return count;
}

/// The uncompressed public point of an ECDSA key; returns its length, or 0.
static inline size_t baton_key_point(EVP_PKEY *key, unsigned char *into, size_t room) {
    size_t count = 0;
    if (EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", into, room, &count) != 1) return 0;
    return count;
}

/// The two numbers of a DER ECDSA signature, each big-endian; returns 1, or 0.
static inline int baton_ecdsa_split(
    const unsigned char *der, size_t count, unsigned char *r, size_t *r_count, unsigned char *s, size_t *s_count,
    size_t room) {
    const unsigned char *cursor = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &cursor, (long)count);
    if (signature == NULL) return 0;
    const BIGNUM *first = ECDSA_SIG_get0_r(signature), *second = ECDSA_SIG_get0_s(signature);
    *r_count = (size_t)BN_num_bytes(first);
    *s_count = (size_t)BN_num_bytes(second);
    int fits = *r_count <= room && *s_count <= room;
    if (fits) {
        BN_bn2bin(first, r);
        BN_bn2bin(second, s);
    }
    ECDSA_SIG_free(signature);
    return fits;
}

/// Signs `data`; `digest` is NULL for Ed25519. Returns the signature's length, or 0.
static inline size_t baton_sign(
    EVP_PKEY *key, const char *digest, const unsigned char *data, size_t count, unsigned char *into, size_t room) {
    size_t length = room;
    const EVP_MD *hash = digest == NULL ? NULL : EVP_get_digestbyname(digest);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL) return 0;
    if ((digest != NULL && hash == NULL) || EVP_DigestSignInit(context, NULL, hash, NULL, key) != 1
        || EVP_DigestSign(context, into, &length, data, count) != 1) {
        length = 0;
    }
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return length;
}

/// A one-shot SHA-256.
static inline int baton_sha256(const unsigned char *data, size_t count, unsigned char into[32]) {
    return EVP_Digest(data, count, into, NULL, EVP_sha256(), NULL);
}

/// A hashed name of known_hosts: HMAC-SHA1 of the name with a salt of the line's own as the key. The hash has begun with
/// the salt already, so that comparing a name costs two blocks, and nothing is fetched or allocated: with a few thousand
/// lines and as many hosts that is the difference between seconds and a minute.
typedef struct {
    SHA_CTX inner, outer;
    unsigned char hash[20];
} baton_hashed_name;

static inline void baton_hashed_name_begin(baton_hashed_name *name, const unsigned char salt[20]) {
    unsigned char pad[64];
    for (int i = 0; i < 64; i++) pad[i] = (unsigned char)((i < 20 ? salt[i] : 0) ^ 0x36);
    SHA1_Init(&name->inner);
    SHA1_Update(&name->inner, pad, sizeof pad);
    for (int i = 0; i < 64; i++) pad[i] ^= 0x36 ^ 0x5c;
    SHA1_Init(&name->outer);
    SHA1_Update(&name->outer, pad, sizeof pad);
}

static inline void baton_hashed_name_of(
    const baton_hashed_name *name, const unsigned char *text, size_t count, unsigned char into[20]) {
    SHA_CTX state = name->inner;
    SHA1_Update(&state, text, count);
    SHA1_Final(into, &state);
    state = name->outer;
    SHA1_Update(&state, into, 20);
    SHA1_Final(into, &state);
}

/// The first of `names` from `start` on that is `text`; `name_count` if none is.
static inline size_t baton_hashed_name_find(
    const baton_hashed_name *names, size_t name_count, size_t start, const unsigned char *text, size_t count) {
    unsigned char hash[20];
    for (size_t i = start; i < name_count; i++) {
        baton_hashed_name_of(&names[i], text, count, hash);
        if (memcmp(hash, names[i].hash, sizeof hash) == 0) return i;
    }
    return name_count;
}

#endif
