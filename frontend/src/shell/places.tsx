// The places of the workbench: what the rail and the palette lead to, and who sees them.

import {
  Building2,
  Gauge,
  Handshake,
  Inbox,
  type LucideIcon,
  Phone,
  Megaphone,
  Settings,
  SlidersHorizontal,
  Sun,
  Table2,
  Workflow,
} from "lucide-react";
import type { Me } from "~/api/schema";

export interface Place {
  to: string;
  /** Key of its name in the texts. */
  name:
    | "today"
    | "leads"
    | "calls"
    | "cadences"
    | "inbox"
    | "hand_offs"
    | "accounts"
    | "campaigns"
    | "scoreboard"
    | "manager"
    | "settings";
  icon: LucideIcon;
  keys: string;
  /** Who sees it; everybody may look at what their role reads, but a rail is for one's own work. */
  roles: readonly Me["role"][];
}

const EVERYBODY: readonly Me["role"][] = ["rep", "ae", "demand_generation", "manager", "admin"];

export const PLACES: readonly Place[] = [
  { to: "/today", name: "today", icon: Sun, keys: "g t", roles: ["rep", "manager", "admin"] },
  {
    to: "/leads",
    name: "leads",
    icon: Table2,
    keys: "g l",
    roles: ["rep", "demand_generation", "manager", "admin"],
  },
  { to: "/calls", name: "calls", icon: Phone, keys: "g p", roles: ["rep", "ae", "manager"] },
  {
    to: "/cadences",
    name: "cadences",
    icon: Workflow,
    keys: "g d",
    roles: ["rep", "demand_generation", "manager", "admin"],
  },
  { to: "/inbox", name: "inbox", icon: Inbox, keys: "g i", roles: ["rep", "ae", "manager"] },
  { to: "/hand-offs", name: "hand_offs", icon: Handshake, keys: "g h", roles: ["rep", "ae", "manager", "admin"] },
  { to: "/accounts", name: "accounts", icon: Building2, keys: "g a", roles: EVERYBODY },
  {
    to: "/campaigns",
    name: "campaigns",
    icon: Megaphone,
    keys: "g c",
    roles: ["demand_generation", "manager", "admin"],
  },
  { to: "/scoreboard", name: "scoreboard", icon: Gauge, keys: "g s", roles: EVERYBODY },
  {
    to: "/manager",
    name: "manager",
    icon: SlidersHorizontal,
    keys: "g m",
    roles: ["demand_generation", "manager", "admin"],
  },
  { to: "/settings/me", name: "settings", icon: Settings, keys: "g ,", roles: EVERYBODY },
];

export function placesOf(role: Me["role"]): Place[] {
  return PLACES.filter((one) => one.roles.includes(role));
}
