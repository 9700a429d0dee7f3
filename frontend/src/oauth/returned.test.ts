import { expect, test } from "vitest";
import { purposeOf, returnedOf } from "./returned";

test("what comes back is read as text, whatever the router took it for", () => {
  expect(returnedOf({ state: "mail.x", code: 4711, scope: "openid", session_state: {} })).toEqual({
    state: "mail.x",
    code: "4711",
    error: "",
    error_description: "",
  });
});

test("a state says what the sign-in was for", () => {
  expect(purposeOf("calendar.gAAA")).toBe("calendar");
  expect(purposeOf("mail.gAAA")).toBe("mail");
  expect(purposeOf("")).toBe("mail");
});
