import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { HookMade, HookOut } from "~/api/schema";
import { CampaignField } from "~/intake/CampaignField";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useCopy } from "~/kit/useCopy";

type Present = Pick<HookOut, "name" | "campaign_id" | "version">;

const NEW: Present = { name: "", campaign_id: "", version: 0 };

function draftOf({ name, campaign_id }: Present): Omit<Present, "version"> {
  return { name, campaign_id };
}

/** Adds an inbound webhook, whose secret is then told; or changes one. */
export function HookDialog({
  hook,
  onClose,
  onAdded,
}: {
  hook: HookOut | null;
  onClose: () => void;
  onAdded?: (added: HookMade) => void;
}) {
  const { t } = useTranslation();
  const copy = useCopy<Present, Omit<Present, "version">>(hook ?? NEW, draftOf);
  const { draft, change } = copy;

  const save = useMutation({
    mutationFn: async () => {
      if (!hook) {
        const added = await answer<HookMade>(api.POST("/api/v1/hooks", { body: { ...draft, mapping: {} } }));
        return () => onAdded?.(added);
      }
      const params = { path: { hook_id: hook.id }, header: ifMatch(copy.base.version) };
      await answer(api.PATCH("/api/v1/hooks/{hook_id}", { params, body: draft }));
      return () => tell(t("saved"));
    },
    onSuccess: (then) => {
      void readAgain(["/api/v1/hooks"]);
      onClose();
      then();
    },
  });

  async function mergeOver(): Promise<void> {
    if (!hook) return;
    const params = { path: { hook_id: hook.id } };
    copy.rebase(await answer<HookOut>(api.GET("/api/v1/hooks/{hook_id}", { params })));
    save.reset();
  }

  return (
    <Dialog
      title={hook ? t("edit") : t("hooks.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={save.isPending}
            isDisabled={!draft.name.trim() || !draft.campaign_id}
          >
            {t(hook ? "save" : "doors.add")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("doors.name")}
        hint={t("hooks.name_hint")}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <CampaignField
        value={draft.campaign_id}
        onChange={(campaign_id) => change({ campaign_id })}
        error={wrongField(save.error, "campaign_id")}
      />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
