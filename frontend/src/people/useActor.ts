import { useTranslation } from "react-i18next";
import { useUsers } from "~/identity/session";

/** Names who did something: `user:<id>` by name, anything else is the system. */
export function useActor(): (actor: string) => string {
  const { t } = useTranslation();
  const users = useUsers();
  return (actor) => {
    const [kind, id] = actor.split(":");
    if (kind === "user" && id) return users.get(id)?.name ?? "…";
    return t("system");
  };
}
