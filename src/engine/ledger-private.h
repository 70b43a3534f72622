/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside the books only. Every leg of every entry in [?1, ?2), by time: kinds are those of SlEntryKind, accounts the
 * words of sl_account_name(). Money is there when it was paid: at once, or when somebody said so first; whoever
 * disputed it had heard of it. What is on account is not paid: it stays receivable until a payment comes or it
 * is let go. */

#define SL_LEDGER_ALWAYS G_MININT64, G_MAXINT64

#define SL_LEDGER_PAID_MS \
  "CASE WHEN p.status = 'paid' THEN p.at_ms ELSE (SELECT min (o.at_ms) FROM payment_outcome o " \
  "WHERE o.payment_id = p.id AND o.outcome IN (2, 3, 4)) END"

#define SL_LEDGER_METHOD(word) \
  "CASE " word " WHEN 'cash' THEN 'cash' WHEN 'card' THEN 'card' WHEN 'eft' THEN 'eft' WHEN 'qr' THEN 'qr' " \
  "WHEN 'online' THEN 'online' WHEN 'voucher' THEN 'vouchers' WHEN 'account' THEN 'receivable' " \
  "ELSE 'elsewhere' END"

#define SL_LEDGER_SOLD \
  "CASE l.what WHEN 1 THEN 'packages' WHEN 2 THEN 'plans' WHEN 3 THEN 'joining' WHEN 4 THEN 'drop_ins' " \
  "WHEN 5 THEN 'vouchers' WHEN 6 THEN 'fees' ELSE 'other' END"

#define SL_LEDGER_LEGS \
  "WITH paid AS MATERIALIZED (SELECT * FROM (SELECT " SL_LEDGER_PAID_MS " AS paid_ms, p.* FROM payment p " \
  "  WHERE p.method <> 'account' AND p.amount_cents > 0) WHERE paid_ms >= ?1 AND paid_ms < ?2), " \
  "given AS MATERIALIZED (SELECT r.*, coalesce (r.method, p.method) AS way, p.sale_id AS sale_id " \
  "  FROM refund r LEFT JOIN payment p ON p.id = r.payment_id WHERE r.at_ms >= ?1 AND r.at_ms < ?2), " \
  "found AS MATERIALIZED (SELECT t.*, t.counted_cents - coalesce (t.float_cents, 0) " \
  "  - coalesce ((SELECT sum (p.amount_cents) FROM payment p WHERE p.till_id = t.id AND p.method = 'cash'), 0) " \
  "  + coalesce ((SELECT sum (r.amount_cents) FROM refund r LEFT JOIN payment p ON p.id = r.payment_id " \
  "    WHERE r.till_id = t.id AND coalesce (r.method, p.method) = 'cash'), 0) " \
  "  - coalesce ((SELECT sum (c.difference_cents) FROM till_cash c WHERE c.till_id = t.id), 0) AS cents " \
  "  FROM till t WHERE t.opened_ms IS NOT NULL AND t.closed_ms >= ?1 AND t.closed_ms < ?2), " \
  "leg (at_ms, kind, id, sale_id, till_id, location_id, account, cents) AS (" \
  "SELECT at_ms, 1, id, id, till_id, location_id, 'receivable', total_cents FROM sale " \
  "  WHERE at_ms >= ?1 AND at_ms < ?2 " \
  "UNION ALL SELECT s.at_ms, 1, s.id, s.id, s.till_id, s.location_id, " SL_LEDGER_SOLD ", " \
  "  l.vat_cents - l.amount_cents FROM sale s JOIN sale_line l ON l.sale_id = s.id " \
  "  WHERE s.at_ms >= ?1 AND s.at_ms < ?2 " \
  "UNION ALL SELECT at_ms, 1, id, id, till_id, location_id, 'vat', - vat_cents FROM sale " \
  "  WHERE at_ms >= ?1 AND at_ms < ?2 " \
  "UNION ALL SELECT paid_ms, 2, id, sale_id, till_id, location_id, " SL_LEDGER_METHOD ("method") ", amount_cents " \
  "  FROM paid " \
  "UNION ALL SELECT paid_ms, 2, id, sale_id, till_id, location_id, 'receivable', - amount_cents FROM paid " \
  "UNION ALL SELECT at_ms, 3, id, sale_id, till_id, location_id, " SL_LEDGER_METHOD ("way") ", - amount_cents " \
  "  FROM given " \
  "UNION ALL SELECT at_ms, 3, id, sale_id, till_id, location_id, 'refunds', amount_cents - vat_cents FROM given " \
  "UNION ALL SELECT at_ms, 3, id, sale_id, till_id, location_id, 'vat', vat_cents FROM given " \
  "UNION ALL SELECT v.at_ms, 4, v.id, NULL, NULL, NULL, a.word, a.sign * v.amount_cents FROM voucher v " \
  "  JOIN (SELECT 'given' AS word, 1 AS sign UNION ALL SELECT 'vouchers', -1) a " \
  "  WHERE v.sale_id IS NULL AND v.at_ms >= ?1 AND v.at_ms < ?2 " \
  "UNION ALL SELECT v.at_ms, 5, v.id, NULL, NULL, NULL, a.word, a.sign * v.amount_cents FROM voucher_void v " \
  "  JOIN (SELECT 'vouchers' AS word, 1 AS sign UNION ALL SELECT 'voided', -1) a " \
  "  WHERE v.at_ms >= ?1 AND v.at_ms < ?2 " \
  "UNION ALL SELECT c.at_ms, 6, c.id, NULL, c.till_id, t.location_id, a.word, a.sign * c.difference_cents " \
  "  FROM till_cash c LEFT JOIN till t ON t.id = c.till_id " \
  "  JOIN (SELECT 'cash' AS word, 1 AS sign UNION ALL SELECT 'cash_moved', -1) a " \
  "  WHERE c.at_ms >= ?1 AND c.at_ms < ?2 " \
  "UNION ALL SELECT f.closed_ms, 7, f.id, NULL, f.id, f.location_id, a.word, a.sign * f.cents FROM found f " \
  "  JOIN (SELECT 'cash' AS word, 1 AS sign UNION ALL SELECT 'cash_difference', -1) a) "
