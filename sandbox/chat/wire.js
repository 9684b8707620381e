// The control interface of the sandbox, which this page lives on.

import { toast } from "./windows.js";

/** GET, or POST with a body. Throws an Error whose message may be shown. */
export async function call(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`/sandbox/${path}`, options).catch((error) => { throw new Error("The sandbox is not answering.", { cause: error }); });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? "The sandbox did not understand that.");
  return answer;
}

/** As call, for what the reader asked: what goes wrong is said in passing, and the answer is null. */
export async function act(path, body) {
  try {
    return await call(path, body);
  } catch (error) {
    toast(error.message);
    return null;
  }
}
