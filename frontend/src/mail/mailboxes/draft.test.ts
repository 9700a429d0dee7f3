import { expect, test } from "vitest";
import type { ProviderOut } from "~/api/schema";
import { changes, connecting, draftOf, NEW, providerOf, serversOf } from "./draft";

const google: ProviderOut = {
  id: "google",
  name: "Google",
  smtp_host: "smtp.gmail.com",
  smtp_port: 587,
  smtp_security: "starttls",
  imap_host: "imap.gmail.com",
  imap_port: 993,
  imap_security: "tls",
  saves_sent: true,
};

test("what was left empty is the server's to fill in", () => {
  const draft = { ...draftOf(NEW), address: "ada@acme.example", smtp_host: "smtp.acme.example" };
  const sent = connecting(draft, "secret");
  expect(sent).toMatchObject({ address: "ada@acme.example", password: "secret", smtp_security: "starttls" });
  expect(Object.keys(sent)).not.toContain("smtp_port");
  expect(Object.keys(sent)).not.toContain("shown_name");
});

test("only what was changed is sent, and a password only if one was typed", () => {
  const before = { ...draftOf(NEW), smtp_port: 587 };
  expect(changes(before, { ...before, signature: "Ada" }, "")).toEqual({ signature: "Ada" });
  expect(changes(before, { ...before, smtp_port: null }, "new")).toEqual({ password: "new" });
});

test("a provider is known by its servers", () => {
  const draft = { ...draftOf(NEW), ...serversOf(google) };
  expect(draft.saves_sent).toBe(true);
  expect(providerOf([google], draft)?.id).toBe("google");
  expect(providerOf([google], draftOf(NEW))).toBeUndefined();
});
