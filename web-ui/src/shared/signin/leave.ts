/** Leaves the page. An object, so that tests can stand in for the browser. */
export const leave = {
  to: (url: string) => window.location.assign(url),
  /** Without a way back to where it was. */
  for: (path: string) => window.location.replace(path),
};
