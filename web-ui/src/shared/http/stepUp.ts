/**
 * Between the HTTP client and whoever asks the person: a dangerous verb needs a factor that was shown lately. However many
 * requests are refused for want of it at once, the person is asked once.
 */

/** Asks the person for one of these factors; true: it was shown and the manager took it. */
export type Asker = (factors: string[]) => Promise<boolean>;

export type Proved = "PROVED" | "CANCELLED" | "NOBODY_ASKS";

let asker: Asker | undefined;
let asking: Promise<boolean> | undefined;
/** How often somebody was asked, and how it ended last. */
let answers = 0;
let lastAnswer = false;

/** Returns what ends it. */
export function askedBy(wanted: Asker): () => void {
  asker = wanted;
  return () => {
    if (asker === wanted) {
      asker = undefined;
    }
  };
}

/** To be taken before a request is sent, for {@link prove}. */
export function mark(): number {
  return answers;
}

/** Returns when the person has answered: now, or since the request was sent. */
export async function prove(begun: number, factors: string[]): Promise<Proved> {
  if (asking === undefined && answers === begun) {
    // A token, or somebody whom nothing would help.
    if (asker === undefined || factors.length === 0) {
      return "NOBODY_ASKS";
    }
    asking = asker(factors)
      .catch(() => false)
      .then((proved) => {
        answers++;
        lastAnswer = proved;
        asking = undefined;
        return proved;
      });
  }
  const proved = asking === undefined ? lastAnswer : await asking;
  return proved ? "PROVED" : "CANCELLED";
}
