/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-crypto"

#include "core/crypto.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"

#define SEAL_NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define SEAL_TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PIN_DOMAIN "studioloop pin v1"
#define PIN_SALT_BYTES crypto_pwhash_argon2id_SALTBYTES
#define PIN_HASH_BYTES 32 /* what libsodium's own crypto_pwhash_str() stores */
/* A hash from another device may ask for more than ours, as a later release's would, but not for the whole machine. */
#define PIN_MEMORY_KIB_MAX (crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024)
#define PIN_PASSES_MAX 8
#define PIN_BASE64 sodium_base64_VARIANT_ORIGINAL_NO_PADDING

G_STATIC_ASSERT (SL_HASH_BYTES == crypto_generichash_BYTES);
G_STATIC_ASSERT (sizeof (SlHasher) >= sizeof (crypto_generichash_state));
G_STATIC_ASSERT (_Alignof (SlHasher) >= _Alignof (crypto_generichash_state));
G_STATIC_ASSERT (SL_SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (SL_SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES);
G_STATIC_ASSERT (SL_SIGNATURE_BYTES == crypto_sign_BYTES);
G_STATIC_ASSERT (SL_SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT (SL_SEAL_OVERHEAD_BYTES == SEAL_NONCE_BYTES + SEAL_TAG_BYTES);
G_STATIC_ASSERT (SL_BOX_OVERHEAD_BYTES == crypto_box_SEALBYTES);

/* What was opened may be personal or a key: the memory is wiped before it is given back. */
typedef struct {
  guint8 *data;
  gsize length;
} Plain;

static void
plain_free (gpointer data)
{
  Plain *plain = data;
  sodium_memzero (plain->data, plain->length);
  g_free (plain->data);
  g_free (plain);
}

static GBytes *
plain_to_bytes (guint8 *data, gsize length)
{
  Plain *plain = g_new (Plain, 1);
  *plain = (Plain) { data, length };
  return g_bytes_new_with_free_func (data, length, plain_free, plain);
}

static crypto_generichash_state *
state_of (SlHasher *hasher)
{
  return (crypto_generichash_state *) (void *) hasher->opaque;
}

/**
 * sl_sign_key_clear:
 * @key: a key, or zeroes
 *
 * Wipes the key from memory.
 */
void
sl_sign_key_clear (SlSignKey *key)
{
  sodium_memzero (key, sizeof *key);
}

/**
 * sl_seal_key_clear:
 * @key: a key, or zeroes
 *
 * Wipes the key from memory.
 */
void
sl_seal_key_clear (SlSealKey *key)
{
  sodium_memzero (key, sizeof *key);
}

/**
 * sl_crypto_init:
 * @error: return location
 *
 * Readies libsodium. Once per process before any other function of this file and before sl_world_system() gives random
 * bytes; again does no harm. Any thread.
 *
 * Returns: %FALSE with %SL_ERROR_STORAGE when the system gives no random bytes: the process cannot go on
 */
gboolean
sl_crypto_init (GError **error)
{
  if (sodium_init () >= 0)
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_STORAGE, "the system's random generator does not work");
  return FALSE;
}

/**
 * sl_hasher_init:
 * @hasher: (out caller-allocates): on the stack; nothing to free
 * @domain: what the hash is for, a constant of the program with its version
 *
 * Begins a BLAKE2b-256 with the domain as its first sized part, so that no two uses can be confused.
 */
void
sl_hasher_init (SlHasher *hasher, const char *domain)
{
  g_assert (domain != NULL && *domain != '\0');
  int rc = crypto_generichash_init (state_of (hasher), NULL, 0, SL_HASH_BYTES);
  g_assert (rc == 0);
  sl_hasher_add_sized (hasher, domain, strlen (domain));
}

/**
 * sl_hasher_add:
 * @hasher: a begun hash
 * @data: (array length=length) (nullable): the bytes as they are
 * @length: their number
 *
 * For parts of fixed length, and for the last part; others go with sl_hasher_add_sized().
 */
void
sl_hasher_add (SlHasher *hasher, const void *data, gsize length)
{
  g_assert (data != NULL || length == 0);
  if (length > 0)
    (void) crypto_generichash_update (state_of (hasher), data, length); /* cannot fail: libsodium has no error here */
}

/**
 * sl_hasher_add_u64:
 * @hasher: a begun hash
 * @value: a number, added as 8 bytes, big-endian
 */
void
sl_hasher_add_u64 (SlHasher *hasher, guint64 value)
{
  guint64 big_endian = GUINT64_TO_BE (value);
  sl_hasher_add (hasher, &big_endian, sizeof big_endian);
}

/**
 * sl_hasher_add_sized:
 * @hasher: a begun hash
 * @data: (array length=length) (nullable): bytes
 * @length: their number, which is added before them
 */
void
sl_hasher_add_sized (SlHasher *hasher, const void *data, gsize length)
{
  sl_hasher_add_u64 (hasher, length);
  sl_hasher_add (hasher, data, length);
}

/**
 * sl_hasher_finish:
 * @hasher: a begun hash; must be begun anew after this
 * @out: (out): the hash
 */
void
sl_hasher_finish (SlHasher *hasher, SlHash *out)
{
  int rc = crypto_generichash_final (state_of (hasher), out->bytes, sizeof out->bytes);
  g_assert (rc == 0);
}

/**
 * sl_hash_equal:
 * @a: a hash
 * @b: a hash
 *
 * Returns: whether both are the same. Not in constant time: hashes are no secrets here
 */
gboolean
sl_hash_equal (const SlHash *a, const SlHash *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/**
 * sl_sign_key_new:
 * @world: where chance comes from
 * @out: (out): a new Ed25519 key pair; wipe it with sl_sign_key_clear()
 */
void
sl_sign_key_new (SlWorld *world, SlSignKey *out)
{
  guint8 seed[crypto_sign_SEEDBYTES];
  world->random_bytes (world, seed, sizeof seed);
  gboolean made = sl_sign_key_from_seed (seed, out);
  g_assert (made);
  sodium_memzero (seed, sizeof seed);
}

/**
 * sl_sign_key_from_seed:
 * @seed: 32 secret bytes (RFC 8032's private key)
 * @out: (out): the key pair that follows from them
 *
 * Returns: %FALSE when libsodium makes no key of it; it makes one of any seed today
 */
gboolean
sl_sign_key_from_seed (const guint8 seed[32], SlSignKey *out)
{
  return crypto_sign_seed_keypair (out->public_key, out->secret_key, seed) == 0;
}

/**
 * sl_sign:
 * @key: a key pair
 * @message: (array length=length) (nullable): what is signed
 * @length: its bytes
 * @out_signature: (out): the Ed25519 signature (RFC 8032), the same for the same key and message
 */
void
sl_sign (const SlSignKey *key, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  int rc = crypto_sign_detached (out_signature, NULL, message, length, key->secret_key);
  g_assert (rc == 0);
}

/**
 * sl_verify:
 * @public_key: 32 bytes from outside
 * @message: (array length=length) (nullable): what was signed
 * @length: its bytes
 * @signature: 64 bytes from outside
 *
 * Returns: whether the owner of @public_key signed @message. Keys of small order and malleable signatures are refused
 */
gboolean
sl_verify (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const void *message, gsize length,
           const guint8 signature[SL_SIGNATURE_BYTES])
{
  return crypto_sign_verify_detached (signature, message, length, public_key) == 0;
}

/**
 * sl_seal_key_new:
 * @world: where chance comes from
 * @out: (out): a new random key; wipe it with sl_seal_key_clear()
 */
void
sl_seal_key_new (SlWorld *world, SlSealKey *out)
{
  world->random_bytes (world, out->bytes, sizeof out->bytes);
}

/**
 * sl_seal:
 * @world: where the nonce comes from: 24 random bytes, too many for two ever to be the same
 * @key: the key
 * @plain: (array length=length) (nullable): what to hide
 * @length: its bytes
 * @ad: (array length=ad_length) (nullable): where it belongs (entity, field); not stored, but needed to open
 * @ad_length: its bytes
 *
 * XChaCha20-Poly1305: nonce ‖ ciphertext ‖ tag.
 *
 * Returns: (transfer full): @length + %SL_SEAL_OVERHEAD_BYTES bytes
 */
GBytes *
sl_seal (SlWorld *world, const SlSealKey *key, const void *plain, gsize length, const void *ad, gsize ad_length)
{
  gsize sealed_length = length + SL_SEAL_OVERHEAD_BYTES;
  guint8 *sealed = g_malloc (sealed_length);
  world->random_bytes (world, sealed, SEAL_NONCE_BYTES);
  int rc = crypto_aead_xchacha20poly1305_ietf_encrypt (sealed + SEAL_NONCE_BYTES, NULL, plain, length, ad, ad_length,
                                                       NULL, sealed, key->bytes);
  g_assert (rc == 0);
  return g_bytes_new_take (sealed, sealed_length);
}

/**
 * sl_unseal:
 * @key: the key
 * @sealed: (array length=length): bytes from anywhere
 * @length: their number
 * @ad: (array length=ad_length) (nullable): what sl_seal() was given
 * @ad_length: its bytes
 *
 * Returns: (transfer full) (nullable): the plain bytes, wiped when freed; %NULL when the key or the place is another,
 *   or a bit was changed
 */
GBytes *
sl_unseal (const SlSealKey *key, const void *sealed, gsize length, const void *ad, gsize ad_length)
{
  if (length < SL_SEAL_OVERHEAD_BYTES)
    return NULL;
  const guint8 *nonce = sealed;
  gsize plain_length = length - SL_SEAL_OVERHEAD_BYTES;
  guint8 *plain = g_malloc (plain_length + 1); /* never NULL: an empty text is a result too */
  if (crypto_aead_xchacha20poly1305_ietf_decrypt (plain, NULL, NULL, nonce + SEAL_NONCE_BYTES,
                                                  length - SEAL_NONCE_BYTES, ad, ad_length, nonce, key->bytes)
      != 0)
    {
      g_free (plain);
      return NULL;
    }
  return plain_to_bytes (plain, plain_length);
}

/**
 * sl_unseal_into:
 * @key: the key
 * @sealed: (array length=length): bytes from anywhere
 * @length: their number
 * @ad: (array length=ad_length) (nullable): what sl_seal() was given
 * @ad_length: its bytes
 * @out: (out caller-allocates) (array length=capacity): the plain bytes; wipe them
 * @capacity: how many fit
 * @out_length: (out): how many there are
 *
 * As sl_unseal(), into memory that the caller has: of twenty thousand names it is the allocations that take long.
 *
 * Returns: %FALSE when the key or the place is another, a bit was changed, or it does not fit
 */
gboolean
sl_unseal_into (const SlSealKey *key, const void *sealed, gsize length, const void *ad, gsize ad_length, void *out,
                gsize capacity, gsize *out_length)
{
  const guint8 *nonce = sealed;
  if (length < SL_SEAL_OVERHEAD_BYTES || length - SL_SEAL_OVERHEAD_BYTES > capacity)
    return FALSE;
  *out_length = length - SL_SEAL_OVERHEAD_BYTES;
  return crypto_aead_xchacha20poly1305_ietf_decrypt (out, NULL, NULL, nonce + SEAL_NONCE_BYTES,
                                                     length - SEAL_NONCE_BYTES, ad, ad_length, nonce, key->bytes)
         == 0;
}

/**
 * sl_box_seal:
 * @public_key: the Ed25519 key of the device that may open it, from outside
 * @plain: (array length=length) (nullable): what to hide
 * @length: its bytes
 *
 * libsodium's sealed box (X25519, XSalsa20-Poly1305) to the device's signing key, converted. The sender leaves no
 * trace: who must know where it comes from signs around it. Its one-time key is the one use of chance that does not
 * come from an #SlWorld; nothing ever follows from those bytes.
 *
 * Returns: (transfer full) (nullable): @length + %SL_BOX_OVERHEAD_BYTES bytes; %NULL when @public_key is not a valid
 *   key
 */
GBytes *
sl_box_seal (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const void *plain, gsize length)
{
  guint8 box_key[crypto_box_PUBLICKEYBYTES];
  if (crypto_sign_ed25519_pk_to_curve25519 (box_key, public_key) != 0)
    return NULL;
  gsize sealed_length = length + SL_BOX_OVERHEAD_BYTES;
  guint8 *sealed = g_malloc (sealed_length);
  if (crypto_box_seal (sealed, plain, length, box_key) != 0)
    {
      g_free (sealed);
      return NULL;
    }
  return g_bytes_new_take (sealed, sealed_length);
}

/**
 * sl_box_open:
 * @key: this device's key pair
 * @sealed: (array length=length): bytes from anywhere
 * @length: their number
 *
 * Returns: (transfer full) (nullable): the plain bytes, wiped when freed; %NULL when it is not for this key or was
 *   changed
 */
GBytes *
sl_box_open (const SlSignKey *key, const void *sealed, gsize length)
{
  if (length < SL_BOX_OVERHEAD_BYTES)
    return NULL;
  guint8 box_public[crypto_box_PUBLICKEYBYTES], box_secret[crypto_box_SECRETKEYBYTES];
  if (crypto_sign_ed25519_pk_to_curve25519 (box_public, key->public_key) != 0
      || crypto_sign_ed25519_sk_to_curve25519 (box_secret, key->secret_key) != 0)
    return NULL;
  gsize plain_length = length - SL_BOX_OVERHEAD_BYTES;
  guint8 *plain = g_malloc (plain_length + 1);
  int rc = crypto_box_seal_open (plain, sealed, length, box_public, box_secret);
  sodium_memzero (box_secret, sizeof box_secret);
  if (rc != 0)
    {
      g_free (plain);
      return NULL;
    }
  return plain_to_bytes (plain, plain_length);
}

/* The PIN as Argon2id sees it: keyed with the pepper, so that a stolen table alone cannot be searched; a PIN has few
 * bits. */
static void
pepper_pin (const char *pin, const SlSealKey *pepper, guint8 out[SL_HASH_BYTES])
{
  crypto_generichash_state state;
  crypto_generichash_init (&state, pepper->bytes, sizeof pepper->bytes, SL_HASH_BYTES);
  crypto_generichash_update (&state, (const guint8 *) PIN_DOMAIN, strlen (PIN_DOMAIN));
  crypto_generichash_update (&state, (const guint8 *) pin, strlen (pin));
  crypto_generichash_final (&state, out, SL_HASH_BYTES);
  sodium_memzero (&state, sizeof state);
}

/**
 * sl_pin_hash:
 * @world: where the salt comes from
 * @pin: the PIN
 * @pepper: the organisation's pepper, from its keyring
 *
 * Argon2id at libsodium's INTERACTIVE limits (64 MB, some 70 ms: not on a main loop) over a BLAKE2b of the PIN keyed
 * with the pepper. The text is the one that crypto_pwhash_str() writes, with parameters and salt, so later releases may
 * choose others; it is put together here because crypto_pwhash_str() takes its salt from nowhere but the system.
 *
 * Returns: (transfer full): the text to store
 */
char *
sl_pin_hash (SlWorld *world, const char *pin, const SlSealKey *pepper)
{
  guint8 salt[PIN_SALT_BYTES], peppered[SL_HASH_BYTES], hash[PIN_HASH_BYTES];
  world->random_bytes (world, salt, sizeof salt);
  pepper_pin (pin, pepper, peppered);
  int rc = crypto_pwhash (hash, sizeof hash, (const char *) peppered, sizeof peppered, salt,
                          crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
                          crypto_pwhash_ALG_ARGON2ID13);
  sodium_memzero (peppered, sizeof peppered);
  if (rc != 0) /* its one cause is memory, and GLib's policy for that is to stop too */
    g_error ("no memory for the hash of a PIN");

  char salt_text[sodium_base64_ENCODED_LEN (PIN_SALT_BYTES, PIN_BASE64)];
  char hash_text[sodium_base64_ENCODED_LEN (PIN_HASH_BYTES, PIN_BASE64)];
  sodium_bin2base64 (salt_text, sizeof salt_text, salt, sizeof salt, PIN_BASE64);
  sodium_bin2base64 (hash_text, sizeof hash_text, hash, sizeof hash, PIN_BASE64);
  return g_strdup_printf ("$argon2id$v=19$m=%u,t=%u,p=1$%s$%s",
                          (guint) (crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE / 1024),
                          (guint) crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, salt_text, hash_text);
}

/**
 * sl_pin_verify:
 * @hash: (nullable): a stored text of sl_pin_hash()
 * @pin: the PIN that was typed
 * @pepper: the organisation's pepper
 *
 * Takes as long as sl_pin_hash(). A text that is damaged, or asks for far more memory or time than ours, verifies
 * nothing: it may have come from another device.
 *
 * Returns: whether it is the PIN
 */
gboolean
sl_pin_verify (const char *hash, const char *pin, const SlSealKey *pepper)
{
  if (hash == NULL || strlen (hash) >= crypto_pwhash_STRBYTES)
    return FALSE;
  guint memory_kib, passes;
  if (sscanf (hash, "$argon2id$v=19$m=%u,t=%u,p=1$", &memory_kib, &passes) != 2
      || memory_kib > PIN_MEMORY_KIB_MAX || passes > PIN_PASSES_MAX)
    return FALSE;
  char padded[crypto_pwhash_STRBYTES] = { 0 };
  memcpy (padded, hash, strlen (hash));
  guint8 peppered[SL_HASH_BYTES];
  pepper_pin (pin, pepper, peppered);
  gboolean right = crypto_pwhash_str_verify (padded, (const char *) peppered, sizeof peppered) == 0;
  sodium_memzero (peppered, sizeof peppered);
  return right;
}
