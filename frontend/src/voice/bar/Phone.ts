// The phone's part of the frame, loaded as one.

export { PhoneBar } from "./PhoneBar";
export { PhoneButton } from "./PhoneButton";
