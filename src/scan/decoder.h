/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "frame.h"

/* Grey pictures in, texts of QR codes out: src/scan/README.md "The decoder". */
typedef struct _SlDecoder SlDecoder;

SlDecoder *sl_decoder_new (void);
void sl_decoder_free (SlDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlDecoder, sl_decoder_free)

/* Both: (transfer full) (element-type utf8): distinct texts, valid UTF-8 without NUL; empty when nothing was found. */
GPtrArray *sl_decoder_decode_full (SlDecoder *decoder, const SlFrame *frame); /* all codes, all passes: files */
GPtrArray *sl_decoder_decode_pass (SlDecoder *decoder, const SlFrame *frame, guint turn); /* one pass: video */
