/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto.h"
#include "core/id.h"

/* The text in our QR codes: src/scan/README.md "The code". */

#define SL_CODE_MAX_BYTES 512 /* longer scans are refused unread: three times a code, and what scanners buffer */
#define SL_CODE_KEY_ID_BYTES 4
#define SL_CODE_ORGANISATION_BYTES 8
#define SL_CODE_PAYLOAD_BYTES 42 /* all but the signature */
#define SL_CODE_TEXT_CHARS 173   /* "SL1" and Base32 of 106 bytes; QR version 7-M holds 178 alphanumeric characters */

typedef enum {
  SL_CODE_MEMBER_PASS = 1,
  SL_CODE_BOOKING = 2,
  SL_CODE_GUEST = 3,
  SL_CODE_STAFF_BADGE = 4,
  SL_CODE_DEVICE_PAIRING = 5,
} SlCodeKind;

typedef enum {
  SL_CODE_OK,
  SL_CODE_BAD_SHAPE,    /* empty, too long, cut, or no "SL" code at all */
  SL_CODE_BAD_ALPHABET, /* right length, but not Base32 */
  SL_CODE_BAD_VERSION,  /* of a later format: "SL2…" */
  SL_CODE_BAD_KIND,     /* of a kind that this program does not know */
  SL_CODE_PROBLEM_LAST
} SlCodeProblem;

typedef struct {
  SlCodeKind kind;
  guint8 key_id[SL_CODE_KEY_ID_BYTES];             /* of the issuing key; sl_code_encode() ignores it */
  guint8 organisation[SL_CODE_ORGANISATION_BYTES]; /* the first bytes of the organisation's id */
  SlId subject_id;                                 /* member, booking, staff or device */
  guint32 serial;
  gint64 issued_ms, expires_ms;          /* whole seconds; the format holds 1970 to 2106 */
  guint8 spot;                           /* guest codes: the spot's index; else 0 */
  guint8 payload[SL_CODE_PAYLOAD_BYTES]; /* as read; sl_code_encode() ignores both */
  guint8 signature[SL_SIGNATURE_BYTES];
} SlCode;

char *sl_code_encode (const SlCode *code, const SlSignKey *key) G_GNUC_WARN_UNUSED_RESULT;
SlCodeProblem sl_code_parse (const char *text, SlCode *out_code) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_code_verify (const SlCode *code, const guint8 public_key[SL_SIGN_PUBLIC_BYTES]) G_GNUC_WARN_UNUSED_RESULT;
void sl_code_key_id (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], guint8 out_key_id[SL_CODE_KEY_ID_BYTES]);
void sl_code_set_organisation (SlCode *code, const SlId *organisation_id);
gboolean sl_code_is_of (const SlCode *code, const SlId *organisation_id);
const char *sl_code_problem_name (SlCodeProblem problem);
