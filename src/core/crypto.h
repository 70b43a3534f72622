/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clock.h"
#include "id.h"

/* The few cryptographic operations of the product, all libsodium's. sl_crypto_init() once per process, before any
 * other. */
#define SL_HASH_BYTES 32            /* BLAKE2b-256 */
#define SL_SIGN_PUBLIC_BYTES 32     /* Ed25519, RFC 8032 */
#define SL_SIGN_SECRET_BYTES 64
#define SL_SIGNATURE_BYTES 64
#define SL_SEAL_KEY_BYTES 32        /* XChaCha20-Poly1305 */
#define SL_SEAL_OVERHEAD_BYTES 40   /* nonce 24, tag 16 */
#define SL_BOX_OVERHEAD_BYTES 48    /* sealed box: ephemeral key 32, tag 16 */

typedef struct { guint8 bytes[SL_HASH_BYTES]; } SlHash;
typedef struct { guint8 public_key[SL_SIGN_PUBLIC_BYTES]; guint8 secret_key[SL_SIGN_SECRET_BYTES]; } SlSignKey;
typedef struct { guint8 bytes[SL_SEAL_KEY_BYTES]; } SlSealKey;

void sl_sign_key_clear (SlSignKey *key);
void sl_seal_key_clear (SlSealKey *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSignKey, sl_sign_key_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSealKey, sl_seal_key_clear)

gboolean sl_crypto_init (GError **error);

/* Incremental BLAKE2b-256. Every use names its domain first; parts of varying length go with their length. */
/* on the stack; may be copied to branch off */
typedef struct _SlHasher { _Alignas (64) guint8 opaque[384]; } SlHasher;
void sl_hasher_init (SlHasher *hasher, const char *domain);
void sl_hasher_add (SlHasher *hasher, const void *data, gsize length);          /* raw */
void sl_hasher_add_u64 (SlHasher *hasher, guint64 value);                       /* 8 bytes, big-endian */
void sl_hasher_add_sized (SlHasher *hasher, const void *data, gsize length);    /* length as u64, then the bytes */
void sl_hasher_finish (SlHasher *hasher, SlHash *out);
gboolean sl_hash_equal (const SlHash *a, const SlHash *b);

void sl_sign_key_new (SlWorld *world, SlSignKey *out);
gboolean sl_sign_key_from_seed (const guint8 seed[32], SlSignKey *out);
void sl_sign (const SlSignKey *key, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES]);
gboolean sl_verify (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const void *message, gsize length,
                    const guint8 signature[SL_SIGNATURE_BYTES]);

/* Sealing with a shared key: random nonce, then the box. The associated data binds it to its place. */
void sl_seal_key_new (SlWorld *world, SlSealKey *out);
GBytes *sl_seal (SlWorld *world, const SlSealKey *key, const void *plain, gsize length, const void *ad,
                 gsize ad_length);
/* NULL: not ours, or changed */
GBytes *sl_unseal (const SlSealKey *key, const void *sealed, gsize length, const void *ad, gsize ad_length);
/* FALSE: the same, or more than capacity. For many short texts. */
gboolean sl_unseal_into (const SlSealKey *key, const void *sealed, gsize length, const void *ad, gsize ad_length,
                         void *out, gsize capacity, gsize *out_length);

/* Sealing to a device, known by its signing key (converted to X25519): only its owner opens it. */
/* NULL: not a valid key */
GBytes *sl_box_seal (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const void *plain, gsize length);
/* NULL: not for this key */
GBytes *sl_box_open (const SlSignKey *key, const void *sealed, gsize length);

/* PINs: Argon2id with its parameters and salt in the text; the pepper is mixed in before. */
char *sl_pin_hash (SlWorld *world, const char *pin, const SlSealKey *pepper);
gboolean sl_pin_verify (const char *hash, const char *pin, const SlSealKey *pepper);
