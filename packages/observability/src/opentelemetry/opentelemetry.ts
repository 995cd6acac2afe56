import { type CommandObservation, errorCodes, type Observer, type OutcomeCode } from "@onhand/core";
import { context, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** What {@link createTracing} takes. */
export interface TracingOptions {
  /** Makes the spans; the global provider's tracer named `@onhand/core` unless given. */
  readonly tracer?: Tracer;
}

/**
 * Makes spans of what an inventory does: one for each command, as a child of whatever was active when it was called; within the first command's
 * one for the group it went in, linked to the others; within that one for each transaction of the storage. They hold names, codes, counts and positions,
 * never input. A refusal is an outcome; only what went wrong on our side is an error.
 *
 * @returns an observer for `createInventory({ observers })`.
 * @example
 * const inventory = await createInventory({ storage, observers: [createTracing()] });
 * @see docs/guides/observability.md
 */
export function createTracing({ tracer = trace.getTracer("@onhand/core") }: TracingOptions = {}): Observer {
  const spans = new WeakMap<CommandObservation, Span>();

  return {
    command(name) {
      const span = tracer.startSpan(`onhand ${name}`, { attributes: { "onhand.command": name } });
      const command: CommandObservation = {
        settled({ code, seq }) {
          if (seq !== undefined) span.setAttribute("onhand.seq", seq);
          finish(span, code);
        },
      };
      spans.set(command, span);
      return command;
    },
    group(commands, hosted) {
      const [first, ...others] = commands.flatMap((command) => spans.get(command) ?? []);
      const attributes = { "onhand.commands": commands.length, "onhand.hosted": hosted };
      const links = others.map((span) => ({ context: span.spanContext() }));
      const group = tracer.startSpan("onhand group", { attributes, links }, within(first));
      return {
        transaction() {
          const span = tracer.startSpan("onhand transaction", {}, within(group));
          return (code) => finish(span, code);
        },
        ended({ code, from, to }) {
          if (from !== undefined && to !== undefined) group.setAttributes({ "onhand.from": from, "onhand.to": to });
          finish(group, code);
        },
      };
    },
  };
}

const within = (span: Span | undefined) => (span ? trace.setSpan(context.active(), span) : context.active());

function finish(span: Span, code: OutcomeCode): void {
  span.setAttribute("onhand.outcome", code);
  if (isFault(code)) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.end();
}

function isFault(code: OutcomeCode): boolean {
  if (code === "OK" || code === "REPLAYED") return false;
  return code === "UNEXPECTED" || errorCodes[code].status >= 500;
}
