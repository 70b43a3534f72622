#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit: who did what, when, on which device, and what stood there before."""
import sys

from contract import MORNING, equal, hours, main, rfc3339, test


@test("an edit shows field, before and after, and pages go on where one ended")
def _(context):
    desk = context.new_studio("studio-1")
    member, reception = desk.member(), desk.staff("receptionist")
    for permission in ("vip", "restricted"):
        desk.ok("member", "edit", member, "--permission", permission, at=MORNING + hours(1), **reception)
    answer = desk.ok("audit", "--member", member, "--limit", 2, at=MORNING + hours(2))
    item = answer["items"][0]
    equal((item["kind"], item["actor"], item["entity"], item["approver"]),
          ("member.edit", reception["staff"], member, None), "item")
    equal(item["changes"],
          [{"field": "permission", "before": "vip", "after": "restricted", "before_known": True}], "changes")
    rest = desk.ok("audit", "--member", member, "--from-place", answer["place"], at=MORNING + hours(2))
    equal([one["kind"] for one in rest["items"]], ["member.create"], "the rest")
    equal((rest["place"], rest["pruned"]), (None, False), "nothing before")
    equal(desk.ok("audit", "--since", rfc3339(MORNING + hours(3)), at=MORNING + hours(4))["items"], [], "since")
    made = desk.ok("audit", "--staff", reception["staff"], "--kind", "member", at=MORNING + hours(2))["items"]
    equal(len(made), 2, "by whom")


@test("erased members show as erased, refused commands by option, and only managers and owners see any of it")
def _(context):
    desk = context.new_studio("studio-2")
    member = desk.member(first="Nosipho")
    desk.ok("member", "erase", member)
    items = desk.ok("audit", "--member", member)["items"]
    after = {change["field"]: change["after"] for item in items for change in item["changes"]}
    equal(after["first"], "(erased)", "first name")
    for role in ("receptionist", "instructor", "finance"):
        desk.refused("not_allowed", "audit", **desk.staff(role))
    refused = desk.ok("audit", "--refused", **desk.staff("manager"))["items"]
    equal([(one["command"], one["code"]) for one in refused], [("audit", "not_allowed")] * 3, "refused")
    desk.refused("bad_input", "audit", "--from-place", "nowhere")
    desk.refused("bad_input", "audit", "--limit", 0)
    desk.refused("bad_input", "audit", "--entity", "01234567")
    desk.refused("not_found", "audit", "--member", "01234567")


if __name__ == "__main__":
    sys.exit(main("audit"))
