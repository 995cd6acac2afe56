/** What both sides must say alike. Headers are in lower case, as Node has them. */
export const names = {
  /** The header that names the link a request belongs to. The name is a secret of the two sides and never part of a URL. */
  link: "onhand-link",
  /** The header that counts a link's requests from 1, so that one sent again is taken once. */
  batch: "onhand-batch",
  /** The event that opens a link: its data are the link's name. */
  opened: "link",
  /** The event that ends a link: its data are a code and a reason. */
  closed: "close",
} as const;

/** How many bytes of frames a client puts into one request, unless a single frame has more. */
export const batchBytes = 32_768;
