import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { $api, answer, api, ifMatch } from "~/api/client";
import type { TrunkOut } from "~/api/schema";
import { Button } from "~/kit/Button";
import { Dialog } from "~/kit/Dialog";
import { NumberField, SelectField, Switch, TextField } from "~/kit/Field";
import { tell } from "~/kit/notices";
import { SaveProblem } from "~/kit/SaveProblem";
import { wrongField } from "~/kit/states";
import { TokensField } from "~/kit/TokensField";
import { useCopy } from "~/kit/useCopy";
import { readTelephonyAgain } from "./data";
import { type Price, PricesField } from "./PricesField";
import styles from "./Telephony.module.css";

interface Draft {
  name: string;
  host: string;
  port: number;
  transport: TrunkOut["transport"];
  domain: string;
  username: string;
  registers: boolean;
  asserts_identity: boolean;
  region: string;
  sends_from: string[];
  rates: Price[];
  is_active: boolean;
}

type Present = Draft & { version: number };

const SIP_PORT = 5060;
const TRANSPORTS = ["udp", "tcp"] as const;

function presentOf(trunk: TrunkOut): Present {
  return { ...trunk, domain: trunk.domain ?? "", username: trunk.username ?? "" };
}

function draftOf(present: Present): Draft {
  const { name, host, port, transport, domain, username } = present;
  const { registers, asserts_identity, region, sends_from, rates, is_active } = present;
  return {
    ...{ name, host, port, transport, domain, username },
    ...{ registers, asserts_identity, region, sends_from, rates, is_active },
  };
}

/** Adds a trunk or changes one; its password is only ever set, never shown. */
export function TrunkDialog({ trunk, onClose }: { trunk: TrunkOut | null; onClose: () => void }) {
  const { t } = useTranslation();
  const organisation = $api.useQuery("get", "/api/v1/organisation", {});
  const fresh: Present = {
    ...{ name: "", host: "", port: SIP_PORT, transport: "udp", domain: "", username: "" },
    ...{ registers: false, asserts_identity: false, region: organisation.data?.region ?? "" },
    ...{ sends_from: [], rates: [], is_active: true, version: 0 },
  };
  const copy = useCopy<Present, Draft>(trunk ? presentOf(trunk) : fresh, draftOf);
  const { draft, change } = copy;
  const [password, setPassword] = useState("");

  const save = useMutation({
    mutationFn: () => {
      const { region, ...told } = draft;
      const body = {
        ...told,
        domain: draft.domain || null,
        username: draft.username || null,
        ...(region && { region }),
        ...(password && { password }),
      };
      if (!trunk) return answer(api.POST("/api/v1/trunks", { body }));
      const params = { path: { trunk_id: trunk.id }, header: ifMatch(copy.base.version) };
      return answer(api.PATCH("/api/v1/trunks/{trunk_id}", { params, body }));
    },
    onSuccess: () => {
      void readTelephonyAgain();
      onClose();
      tell(t("saved"));
    },
  });

  async function mergeOver(): Promise<void> {
    if (!trunk) return;
    const params = { path: { trunk_id: trunk.id } };
    copy.rebase(presentOf(await answer<TrunkOut>(api.GET("/api/v1/trunks/{trunk_id}", { params }))));
    save.reset();
  }

  const wrong = (field: string) => wrongField(save.error, field);
  return (
    <Dialog
      title={trunk ? t("telephony.edit_trunk", { name: trunk.name }) : t("telephony.add_trunk")}
      isOpen
      onClose={onClose}
      width="wide"
      onSubmit={() => save.mutate()}
      actions={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            isPending={save.isPending}
            isDisabled={!draft.name.trim() || !draft.host.trim()}
          >
            {t("save")}
          </Button>
        </>
      }
    >
      <TextField
        label={t("telephony.name")}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={wrong("name")}
        maxLength={100}
        autoFocus
        isRequired
      />
      <div className={styles.address}>
        <TextField
          label={t("telephony.host")}
          hint={t("telephony.host_hint")}
          value={draft.host}
          onChange={(host) => change({ host })}
          error={wrong("host")}
          maxLength={253}
          isRequired
        />
        <NumberField
          label={t("telephony.port")}
          value={draft.port}
          onChange={(port) => change({ port: port ?? SIP_PORT })}
          error={wrong("port")}
          minValue={1}
          maxValue={65_535}
          formatOptions={{ useGrouping: false }}
        />
        <SelectField
          label={t("telephony.transport")}
          value={draft.transport}
          onChange={(transport) => change({ transport: transport as Draft["transport"] })}
          choices={TRANSPORTS.map((id) => ({ id, label: id.toUpperCase() }))}
        />
      </div>
      <div className={styles.pair}>
        <TextField
          label={t("telephony.domain")}
          hint={t("telephony.domain_hint")}
          value={draft.domain}
          onChange={(domain) => change({ domain })}
          error={wrong("domain")}
          maxLength={253}
        />
        <TextField
          label={t("telephony.region")}
          hint={t("telephony.region_hint")}
          value={draft.region}
          onChange={(region) => change({ region: region.toUpperCase() })}
          error={wrong("region")}
          maxLength={2}
        />
        <TextField
          label={t("telephony.username")}
          value={draft.username}
          onChange={(username) => change({ username })}
          error={wrong("username")}
          autoComplete="off"
          maxLength={128}
        />
        <TextField
          label={t("telephony.password")}
          hint={trunk?.has_password ? t("telephony.password_kept") : t("telephony.password_hint")}
          value={password}
          onChange={setPassword}
          error={wrong("password")}
          type="password"
          autoComplete="new-password"
          maxLength={128}
        />
      </div>
      <div className={styles.switches}>
        <Switch isSelected={draft.registers} onChange={(registers) => change({ registers })}>
          {t("telephony.registers")}
        </Switch>
        {wrong("registers") && <span className={styles.wrong}>{wrong("registers")}</span>}
        <Switch isSelected={draft.asserts_identity} onChange={(asserts_identity) => change({ asserts_identity })}>
          {t("telephony.asserts_identity")}
        </Switch>
        <Switch isSelected={draft.is_active} onChange={(is_active) => change({ is_active })}>
          {t("telephony.is_active")}
        </Switch>
      </div>
      <TokensField
        label={t("telephony.sends_from")}
        hint={t("telephony.sends_from_hint")}
        values={draft.sends_from}
        onChange={(sends_from) => change({ sends_from })}
        error={wrong("sends_from")}
      />
      <PricesField value={draft.rates} onChange={(rates) => change({ rates })} error={wrong("rates")} />
      <SaveProblem error={save.error} onMerge={() => void mergeOver()} />
    </Dialog>
  );
}
