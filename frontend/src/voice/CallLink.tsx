// A phone number on screen: pressed, it is called from the workbench's phone; for whoever has none, by the computer's own.

import { Phone } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "~/identity/session";
import { dial, type Whom } from "./calling";

export function CallLink({ whom, children }: { whom: Whom & { number: string }; children?: ReactNode }) {
  const mayCall = useMay("calls:place");
  const { name, ...target } = whom;
  return (
    <a
      href={`tel:${whom.number.split(";")[0]}`}
      onClick={(event) => {
        if (!mayCall || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        void dial({ ...target, name: name ?? whom.number });
      }}
    >
      <Phone size={14} aria-hidden="true" /> {children ?? whom.number}
    </a>
  );
}
