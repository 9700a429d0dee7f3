// Switching a form or an inbound webhook off and on again; either can be undone.

import { useTranslation } from "react-i18next";
import { readAgain } from "~/api/query";
import { tell, tellProblem } from "~/kit/notices";

interface Door {
  id: string;
  version: number;
  is_active: boolean;
}

/** Switch the door over by `put`, which sends the change and tells what became of it. */
export function useSwitch<T extends Door>(
  path: string,
  put: (door: T, isActive: boolean) => Promise<T>,
): (door: T) => Promise<void> {
  const { t } = useTranslation();
  async function change(door: T): Promise<T> {
    const changed = await put(door, !door.is_active);
    await readAgain([path]);
    return changed;
  }
  return async (door) => {
    try {
      const changed = await change(door);
      tell(t(changed.is_active ? "doors.opened" : "doors.closed_told"), () => {
        change(changed).catch((error: unknown) => tellProblem(error, t("state.unreachable")));
      });
    } catch (error) {
      await readAgain([path]);
      tellProblem(error, t("state.unreachable"));
    }
  };
}
