import { expect, test } from "vitest";
import type { CadenceOut } from "~/api/schema";
import { moved } from "~/kit/OrderButtons";
import { blankStep, draftOf, withoutStep, writtenSteps } from "./draft";

const PRESENT = {
  name: "Webinar",
  description: "",
  runs_beside: false,
  campaign_ids: [],
  draft: {
    ends_on: ["reply"],
    steps: [
      { kind: "email", branches: [{ on: "opened", goes_to: 3 }] },
      { kind: "call", window: { opens: "09:00:00", closes: "11:30:00" } },
      { kind: "sms" },
    ],
  },
} as unknown as CadenceOut;

test("what is shown is sent again as it was", () => {
  const sent = writtenSteps(draftOf(PRESENT).steps);
  expect(sent.map((step) => step.kind)).toEqual(["email", "call", "sms"]);
  expect(sent[0]?.branches?.[0]).toMatchObject({ on: "opened", goes_to: 3 });
  expect(sent[1]?.window).toEqual({ opens: "09:00", closes: "11:30" });
});

test("a branch still means its step when steps are moved", () => {
  const { steps } = draftOf(PRESENT);
  expect(writtenSteps(moved(steps, 2, 1))[0]?.branches?.[0]?.goes_to).toBe(2);
});

test("a branch to a step that is removed leads to what came after it", () => {
  const { steps } = draftOf(PRESENT);
  const longer = [...steps, blankStep(steps, "wait")];
  expect(writtenSteps(withoutStep(longer, "s3"))[0]?.branches?.[0]?.goes_to).toBe(3);
  expect(writtenSteps(withoutStep(steps, "s3"))[0]?.branches?.[0]?.goes_to).toBeNull();
});

test("a new step has a key of its own", () => {
  const { steps } = draftOf(PRESENT);
  expect(steps.map((one) => one.key)).not.toContain(blankStep(steps, "call").key);
});
