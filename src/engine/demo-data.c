/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-demo-data"

#include "engine/demo-data.h"

const DemoPerson demo_people[] = {
  { "Nomsa Dube", "owner", "739154" },
  { "Johan van der Merwe", "manager", "482916" },
  { "Ayesha Patel", "finance", "294713" },
  { "Lerato Mokoena", "receptionist", "571936" },
  { "Zanele Khumalo", "instructor", "748205" },
  { "Thabo Molefe", "instructor", "830562" },
  { "Anja Botha", "instructor", "620417" },
  { "Sipho Ndlovu", "instructor", "958341" },
  { "Priya Naidoo", "instructor", "316072" },
  { NULL, NULL, NULL }
};

const DemoName demo_names[] = {
  { "Thandi", "Nkosi" }, { "Pieter", "Botha" }, { "Nolwazi", "Mthembu" }, { "Emily", "Carter" },
    { "Tshepo", "Mokoena" },
  { "Anke", "van Wyk" }, { "Bongani", "Zulu" }, { "Aisha", "Davids" }, { "Siyabonga", "Cele" }, { "Megan", "Adams" },
  { "Lindiwe", "Sithole" }, { "Willem", "Steyn" }, { "Palesa", "Tau" }, { "Fatima", "Jacobs" }, { "Mandla", "Ngcobo" },
  { "Charlotte", "Wood" }, { "Unathi", "Mbeki" }, { "Hendrik", "Pretorius" }, { "Naledi", "Molefe" },
    { "Zoë", "Müller" },
  { "Sibusiso", "Shabalala" }, { "Marlene", "du Plessis" }, { "Refilwe", "Phiri" }, { "James", "Petersen" },
    { "Ayanda", "Mkhize" },
  { "Cobus", "Viljoen" }, { "Nomvula", "Radebe" }, { "Rashida", "Khan" }, { "Kagiso", "Modise" },
    { "Annelie", "Fourie" },
  { "Themba", "Buthelezi" }, { "Sarah", "Levin" }, { "Khanyisile", "Hadebe" }, { "Gert", "Coetzee" },
    { "Boitumelo", "Letsie" },
  { "Priyanka", "Govender" }, { "Xolani", "Ndamase" }, { "Liezl", "Marais" }, { "Dineo", "Ramaphala" },
    { "Oliver", "Hughes" },
  { "Zodwa", "Mabaso" }, { "Francois", "le Roux" }, { "Busisiwe", "Dlamini" }, { "Yusuf", "Ebrahim" },
    { "Lwazi", "Gumede" },
  { "Carien", "Snyman" }, { "Mpho", "Sello" }, { "Hannah", "Fisher" }, { "Andile", "Jali" }, { "Riaan", "Swanepoel" },
  { "Nosipho", "Tshabalala" }, { "Grace", "O'Connor" }, { "Vusi", "Mahlangu" }, { "Ilse", "Engelbrecht" },
    { "Katlego", "Motaung" },
  { "Daniel", "Abrahams" }, { "Phumzile", "Nxumalo" }, { "Jaco", "Venter" }, { "Karabo", "Mofokeng" },
    { "Ntombi", "Xaba" },
};
const guint demo_n_names = G_N_ELEMENTS (demo_names);

const char * const demo_rooms[] = { "Studio 1", "Studio 2", "Spin Room", NULL };

const DemoService demo_services[] = {
  [DEMO_VINYASA] = { "Vinyasa Flow", "class", "yoga", "all_levels", "self", "#2e7d6b",
                     "Breath and movement for every body.",
                     60, 16, 100,
                     18000, 2 },
  [DEMO_YIN] = { "Yin & Breathe", "class", "yoga", "beginner", "self", "#5b6fa8", "Long, quiet holds.", 75, 14, 100,
                 18000, 2 },
  [DEMO_PILATES] = { "Pilates Mat", "class", "pilates", "intermediate", "self", "#a8643c", "Strong from the middle.",
                     50, 12, 100,
                     19000, 1 },
  [DEMO_HIIT] = { "HIIT Express", "class", "hiit", "advanced", "self", "#c0392b", "Forty-five minutes, no chat.", 45,
                  14, 100, 16000,
                  2 },
  [DEMO_SPIN] = { "Spin", "class", "cycling", "all_levels", "self", "#8e44ad", "Hills without the traffic.", 45, 12,
                  120,
                  20000, 1 },
  [DEMO_STRENGTH] = { "Strength Basics", "class", "strength", "beginner", "self", "#34495e",
                      "Squat, hinge, push, pull.", 60, 10, 100,
                      17000, 1 },
  [DEMO_DANCE] = { "Amapiano Dance", "class", "dance", "all_levels", "self", "#d35400", "Log drum, big smile.", 60, 20,
                   80,
                   14000, 3 },
  [DEMO_PERSONAL] = { "Personal Training", "one_to_one", "strength", "all_levels", "mixed", "#16697a",
                      "One hour, one plan: yours.", 60, 1,
                      350, 52000, 0 },
};
const guint demo_n_services = G_N_ELEMENTS (demo_services);

const DemoPackage demo_packages[] = {
  { "Five classes", 500, 82500, 60 },
  { "Ten classes", 1000, 155000, 90 },
  { "Twenty classes", 2000, 290000, 180 },
  { "Intro fortnight", 300, 25000, 14 },
};
const guint demo_n_packages = G_N_ELEMENTS (demo_packages);

#define ZANELE DEMO_INSTRUCTOR_FIRST
#define THABO (DEMO_INSTRUCTOR_FIRST + 1)
#define ANJA (DEMO_INSTRUCTOR_FIRST + 2)
#define SIPHO (DEMO_INSTRUCTOR_FIRST + 3)

#define PRIYA (DEMO_INSTRUCTOR_FIRST + 4)

const DemoBlock demo_blocks[] = {
  { SIPHO, 1, 9, 12, FALSE },  { SIPHO, 2, 9, 12, FALSE },  { SIPHO, 3, 9, 12, FALSE },  { SIPHO, 4, 9, 12, FALSE },
  { SIPHO, 5, 9, 12, FALSE },  { SIPHO, 6, 9, 11, TRUE },   { PRIYA, 1, 13, 17, FALSE }, { PRIYA, 3, 13, 17, FALSE },
  { PRIYA, 5, 13, 17, FALSE }, { SIPHO, 0, 0, 0, FALSE },
};

const DemoPlan demo_plans[] = {
  { "Unlimited", 129000, NULL, TRUE },
  { "Off-peak", 79000, "Mon-Fri 09:00-16:00", FALSE },
};
const guint demo_n_plans = G_N_ELEMENTS (demo_plans);

const DemoClass demo_weekday[] = {
  { DEMO_VINYASA, 6, 0, 0, ZANELE },
  { DEMO_HIIT, 7, 15, 1, THABO },
  { DEMO_PILATES, 9, 0, 0, ANJA },
  { DEMO_PERSONAL, 10, 0, -1, SIPHO },
  { DEMO_SPIN, 12, 15, 2, THABO },
  { DEMO_STRENGTH, 16, 30, 1, SIPHO },
  { DEMO_VINYASA, 17, 30, 0, ZANELE },
  { DEMO_SPIN, 17, 45, 2, ANJA },
  { DEMO_DANCE, 18, 45, 1, ZANELE },
  { DEMO_VINYASA, -1, 0, 0, 0 }
};

const DemoClass demo_weekend[] = {
  { DEMO_YIN, 8, 0, 0, ZANELE },
  { DEMO_HIIT, 9, 15, 1, THABO },
  { DEMO_PERSONAL, 9, 30, -1, SIPHO },
  { DEMO_SPIN, 10, 0, 2, ANJA },
  { DEMO_DANCE, 10, 45, 1, ZANELE },
  { DEMO_VINYASA, -1, 0, 0, 0 }
};
