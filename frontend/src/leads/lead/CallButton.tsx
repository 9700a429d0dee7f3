// Calling the lead: the main number by a key, the others by a menu.

import { ChevronDown, Phone } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CallNow, LeadOut, PersonOut } from "~/api/schema";
import { Button, IconButton } from "~/kit/Button";
import { Menu } from "~/kit/Menu";
import { dial, useCalling, type Whom } from "~/voice/calling";
import { power, settle } from "~/voice/power";

/** Whom one calls when one calls this lead, at the main number unless another is named. */
export function whomOf(lead: LeadOut, person: PersonOut, number?: string): Whom {
  const [main] = phonesOf(person);
  const called = number ?? main;
  const { dropsMessage, isOn } = power();
  return {
    lead_id: lead.id,
    person_id: person.id,
    name: person.full_name,
    ...(called && { number: called }),
    drops_message: isOn && dropsMessage,
  };
}

function phonesOf(person: PersonOut): string[] {
  return person.contact_points.filter((one) => one.kind === "phone").map((one) => one.value);
}

export function useLeadDial(lead: LeadOut, person: PersonOut): { dialNumber: (number?: string) => void } {
  return {
    dialNumber: (number) => {
      settle();
      void dial(whomOf(lead, person, number));
    },
  };
}

export function CallButton({
  lead,
  person,
  running,
}: {
  lead: LeadOut;
  person: PersonOut;
  running: CallNow | null;
}) {
  const { t } = useTranslation();
  const { isPlacing } = useCalling();
  const { dialNumber } = useLeadDial(lead, person);
  const [, ...others] = phonesOf(person);
  return (
    <>
      <Button keys="c" onPress={() => dialNumber()} isPending={isPlacing} isDisabled={running !== null}>
        <Phone size={14} aria-hidden="true" /> {t(running ? "composer.in_call" : "composer.call")}
      </Button>
      {others.length > 0 && !running && (
        <Menu
          label={t("composer.other_numbers")}
          choices={others.map((number) => ({ id: number, label: number, run: () => dialNumber(number) }))}
        >
          <IconButton label={t("composer.other_numbers")}>
            <ChevronDown size={16} aria-hidden="true" />
          </IconButton>
        </Menu>
      )}
    </>
  );
}
