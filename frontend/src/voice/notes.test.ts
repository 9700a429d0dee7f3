import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotesKeeper, type NotesState } from "./notes";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function aKeeper(answers: (Error | null)[] = []) {
  const sent: string[] = [];
  const states: NotesState[] = [];
  const send = (notes: string) => {
    sent.push(notes);
    const wrong = answers.shift();
    return wrong ? Promise.reject(wrong) : Promise.resolve();
  };
  const keeper = new NotesKeeper(
    "",
    send,
    (state) => states.push(state),
    (error) => String(error).includes("logged"),
  );
  return { keeper, sent, states };
}

test("what is typed is kept once one pauses, not with every letter", async () => {
  const { keeper, sent, states } = aKeeper();
  for (const text of ["W", "Wa", "Wan", "Wants"]) {
    keeper.write(text);
    await vi.advanceTimersByTimeAsync(200);
  }
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual(["Wants"]);
  expect(states.at(-1)).toBe("saved");
});

test("nothing is lost when the server fails: it is sent until it is there, in its latest form", async () => {
  const { keeper, sent, states } = aKeeper([new Error("offline"), new Error("offline"), null]);
  keeper.write("Wants a demo");
  await vi.advanceTimersByTimeAsync(900);
  expect([sent, states.at(-1)]).toEqual([["Wants a demo"], "failing"]);
  keeper.write("Wants a demo on Monday");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(sent).toEqual(["Wants a demo", "Wants a demo on Monday", "Wants a demo on Monday"]);
  expect(states.at(-1)).toBe("saved");
});

test("hanging up or logging sends at once what was not sent yet, and nothing twice", async () => {
  const { keeper, sent } = aKeeper();
  keeper.write("Call back");
  await keeper.flush();
  await keeper.flush();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent).toEqual(["Call back"]);
});

test("where the call is logged already, trying again is no use", async () => {
  const { keeper, sent, states } = aKeeper([new Error("call-logged")]);
  keeper.write("Too late");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([sent, states.at(-1)]).toEqual([["Too late"], "failing"]);
});
