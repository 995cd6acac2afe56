/** An event of a stream, as the HTML standard reads it. */
export interface StreamEvent {
  /** `message` where the stream says none. */
  readonly event: string;
  readonly data: string;
}

/**
 * Reads an event stream that comes in pieces of any length.
 *
 * @returns what to give each piece of text to; it answers with the events that are complete by then.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createEventReader(): (piece: string) => StreamEvent[] {
  let rest = "";
  let event = "";
  let data: string[] = [];

  function dispatch(): StreamEvent[] {
    const complete = data.length > 0 ? [{ event: event || "message", data: data.join("\n") }] : [];
    event = "";
    data = [];
    return complete;
  }

  function takeLine(line: string): StreamEvent[] {
    if (line === "") return dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    return [];
  }

  return (piece) => {
    rest += piece;
    // A carriage return at the very end may be the first half of a line end.
    const end = rest.endsWith("\r") ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, end).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? "") + rest.slice(end);
    return lines.flatMap(takeLine);
  };
}
