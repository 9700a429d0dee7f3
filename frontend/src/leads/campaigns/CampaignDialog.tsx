// A campaign's facts: adding one, changing one. What somebody else changed meanwhile is merged, never lost.

import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, api, ifMatch } from "~/api/client";
import { readAgain } from "~/api/query";
import type { CampaignKind, CampaignOut } from "~/api/schema";
import { regions } from "~/i18n/regions";
import { Button } from "~/kit/Button";
import { ComboField } from "~/kit/ComboField";
import { Dialog } from "~/kit/Dialog";
import { SelectField, Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { useEdit } from "~/kit/useEdit";
import { Attributes, type AttributeRow, attributeRows } from "~/people/Attributes";
import styles from "./campaigns.module.css";

export const KINDS: readonly CampaignKind[] = [
  "contact_request",
  "demo_request",
  "webinar",
  "trade_show",
  "content",
  "search",
  "social",
  "email",
  "other",
];

interface Fields {
  name: string;
  kind: CampaignKind;
  starts_on: string;
  ends_on: string;
  default_region: string;
  responders_are_mql: boolean;
}

function fieldsOf(campaign: CampaignOut | null): Fields {
  return {
    name: campaign?.name ?? "",
    kind: campaign?.kind ?? "other",
    starts_on: campaign?.starts_on ?? "",
    ends_on: campaign?.ends_on ?? "",
    default_region: campaign?.default_region ?? "",
    responders_are_mql: campaign?.responders_are_mql ?? false,
  };
}

/** As the API wants it: days and region that are empty are none. */
function sent<F extends Partial<Fields>>(fields: F) {
  const { starts_on, ends_on, default_region, ...rest } = fields;
  return {
    ...rest,
    ...(starts_on !== undefined && { starts_on: starts_on || null }),
    ...(ends_on !== undefined && { ends_on: ends_on || null }),
    ...(default_region !== undefined && { default_region: default_region || null }),
  };
}

function attributesOf(rows: readonly AttributeRow[]): Record<string, string> {
  const named = rows.filter((one) => one.name.trim() && one.value.trim());
  return Object.fromEntries(named.map((one) => [one.name.trim(), one.value]));
}

export function CampaignDialog({
  campaign,
  onClose,
  onSaved,
}: {
  campaign: CampaignOut | null;
  onClose: () => void;
  onSaved?: (saved: CampaignOut) => void;
}) {
  const { t, i18n } = useTranslation();
  const [base, setBase] = useState(campaign);
  const edit = useEdit(fieldsOf(campaign));
  const [rows, setRows] = useState<readonly AttributeRow[]>(() => attributeRows(campaign?.attributes ?? {}));
  // eslint-disable-next-line react-hooks/exhaustive-deps -- names are of the language
  const countries = useMemo(() => regions(), [i18n.language]);

  const save = useMutation({
    mutationFn: () => {
      const attributes = attributesOf(rows);
      if (!base) {
        const body = { ...sent(edit.values), attributes };
        return answer<CampaignOut>(api.POST("/api/v1/campaigns", { body }));
      }
      const isOther = JSON.stringify(attributes) !== JSON.stringify(campaign?.attributes);
      return answer<CampaignOut>(
        api.PATCH("/api/v1/campaigns/{campaign_id}", {
          params: { path: { campaign_id: base.id }, header: ifMatch(base.version) },
          body: { ...sent(edit.changes), ...(isOther && { attributes }) },
        }),
      );
    },
    onSuccess: async (saved) => {
      tell(t("saved"));
      onClose();
      onSaved?.(saved);
      await readAgain(["/api/v1/campaigns"]);
    },
  });

  async function mergeOver(): Promise<void> {
    if (!base) return;
    const params = { path: { campaign_id: base.id } };
    const present = await answer<CampaignOut>(api.GET("/api/v1/campaigns/{campaign_id}", { params }));
    edit.rebase(fieldsOf(present));
    setBase(present);
    save.reset();
  }

  return (
    <Dialog
      title={campaign ? campaign.name : t("campaigns.add")}
      isOpen
      onClose={onClose}
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button look="primary" type="submit" isPending={save.isPending} isDisabled={!edit.values.name.trim()}>
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("campaigns.name")}
        value={edit.values.name}
        onChange={(name) => edit.set("name", name)}
        error={wrongField(save.error, "name")}
        maxLength={200}
        autoFocus
        isRequired
      />
      <SelectField
        label={t("campaigns.kind")}
        hint={t("campaigns.kind_hint")}
        value={edit.values.kind}
        onChange={(kind) => edit.set("kind", kind as CampaignKind)}
        error={wrongField(save.error, "kind")}
        choices={KINDS.map((id) => ({ id, label: t(`campaign_kind.${id}`) }))}
      />
      <div className={styles.pair}>
        <TextField
          label={t("campaigns.starts_on")}
          type="date"
          value={edit.values.starts_on}
          onChange={(day) => edit.set("starts_on", day)}
          error={wrongField(save.error, "starts_on")}
        />
        <TextField
          label={t("campaigns.ends_on")}
          type="date"
          value={edit.values.ends_on}
          onChange={(day) => edit.set("ends_on", day)}
          error={wrongField(save.error, "ends_on")}
        />
      </div>
      <ComboField
        label={t("campaigns.region")}
        hint={t("campaigns.region_hint")}
        value={edit.values.default_region}
        onChange={(code) => edit.set("default_region", code)}
        error={wrongField(save.error, "default_region")}
        choices={countries.map((one) => ({ id: one.code, label: one.name }))}
      />
      <div>
        <Switch
          isSelected={edit.values.responders_are_mql}
          onChange={(isMql) => edit.set("responders_are_mql", isMql)}
        >
          {t("campaigns.are_mql")}
        </Switch>
        <p className={styles.hint}>{t("campaigns.are_mql_hint")}</p>
      </div>
      <Attributes rows={rows} onChange={setRows} error={wrongField(save.error, "attributes")} />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
