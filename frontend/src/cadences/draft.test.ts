import { expect, test } from "vitest";
import type { CadenceOut } from "~/api/schema";
import { blankStep, draftOf, withoutStep, writtenSteps } from "./draft";

const AT_ONCE = { amount: 0, unit: "days" };

const PRESENT = {
  name: "Webinar",
  description: "",
  runs_beside: false,
  campaign_ids: [],
  draft: {
    ends_on: ["reply"],
    steps: [
      { kind: "email", delay: AT_ONCE, branches: [{ on: "opened", goes_to: 3 }] },
      { kind: "call", delay: AT_ONCE, window: { opens: "09:00:00", closes: "11:30:00" } },
      { kind: "sms", delay: AT_ONCE },
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
  expect(writtenSteps([steps[0], steps[2], steps[1]].flatMap((one) => one ?? []))[0]?.branches?.[0]?.goes_to).toBe(
    2,
  );
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
