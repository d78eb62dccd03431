/** The more particular first: Edge says that it is Chrome, and Chrome that it is Safari. */
const BROWSERS: [name: string, pattern: RegExp][] = [
  ["Edge", /Edg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /OPR\/(\d+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/],
  ["Safari", /Version\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari/],
];

const SYSTEMS: [name: string, pattern: RegExp][] = [
  ["Android", /Android/],
  ["iOS", /iPhone|iPad/],
  ["Windows", /Windows/],
  ["macOS", /Macintosh/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux/],
];

/** What a browser calls itself, short enough to tell two sessions apart; undefined: it is none that is known. */
export function browserOf(userAgent: string): string | undefined {
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) {
      const system = SYSTEMS.find(([, has]) => has.test(userAgent))?.[0];
      return [`${name} ${version}`, system].filter((part) => part !== undefined).join(", ");
    }
  }
  return userAgent === "" ? undefined : userAgent.split(" ")[0];
}
