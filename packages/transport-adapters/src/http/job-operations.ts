import type { Inventory } from "@onhand/core";
import { type JsonSchema, jsonSchemaOf, nothing, parser } from "@onhand/core/schemas";
import { componentRef, strictObject } from "./components";
import { type Job, type JobDefinition, type Jobs, jobStatuses } from "./jobs";
import type { Operation } from "./operation";
import { malformed } from "./problem";

const text = { type: "string" };
const time = { type: "integer", minimum: 0, description: "Epoch milliseconds." };

/** A job as JSON Schema. */
export const jobComponent: JsonSchema = strictObject(
  {
    id: text,
    kind: text,
    status: { type: "string", enum: [...jobStatuses] },
    startedAt: time,
    endedAt: time,
    progress: { description: "What the job last said of how far it is." },
    result: { description: "What it answered; of a file its type and length." },
    problem: componentRef("Problem"),
  },
  ["endedAt", "progress", "result", "problem"],
);

const jobAnswer = strictObject({ job: componentRef("Job") });
const byId = strictObject({ id: { type: "string", maxLength: 64 } });

/** The proofs of the inventory itself, which take as long as the ledger is. */
export const ownJobs = (inventory: Inventory): Readonly<Record<string, JobDefinition>> => ({
  verify: { summary: "Proves that every level is the sum of its movements and holds.", input: nothing, run: () => inventory.verify() },
  rebuild: { summary: "Makes every level that sum again.", input: nothing, run: () => inventory.rebuild() },
});

/** Starting each kind of job, looking at one, cancelling it and fetching its file. */
export function jobOperations(jobs: Jobs, kinds: Readonly<Record<string, JobDefinition>>, basePath: string): readonly Operation[] {
  return [...Object.entries(kinds).map(([kind, definition]) => startOperation(jobs, kind, definition, basePath)), ...ownerOperations(jobs)];
}

/** Where a job is looked at. */
export const jobAddress = (basePath: string, { id }: Job): string => `${basePath}/jobs/${id}`;

function startOperation(jobs: Jobs, kind: string, definition: JobDefinition, basePath: string): Operation {
  const { summary, input: schema, file: takesFile, run } = definition;
  const parse = parser(schema);
  return {
    name: `jobs.${kind}`,
    route: { method: "POST", path: `/jobs/${kind}`, summary },
    writes: true,
    isCommand: false,
    from: takesFile ? "query" : "body",
    ...(takesFile && { file: takesFile }),
    takes: jsonSchemaOf(schema, "input"),
    answers: jobAnswer,
    status: 202,
    refusals: ["QUEUE_FULL"],
    headers: (answer) => ({ location: jobAddress(basePath, (answer as { readonly job: Job }).job) }),
    async run({ input, file, actor, requestId }) {
      const parsed = parse(input) as Readonly<Record<string, unknown>>;
      if (takesFile && file.size === 0) throw malformed("send the file as the body");
      const job = jobs.start({
        kind,
        actor,
        requestId,
        cancellable: true,
        writes: true,
        work: (signal, progress) => run({ input: parsed, file, actor, signal, progress }),
      });
      return { job };
    },
  };
}

/** What only the caller who started a job may do with it. */
function ownerOperations(jobs: Jobs): readonly Operation[] {
  const common = { writes: false, isCommand: false, from: "query", takes: byId, answers: jobAnswer, status: 200 } as const;
  const idOf = (input: Readonly<Record<string, unknown>>): string => {
    const { id, ...others } = input;
    for (const path of Object.keys(others)) throw malformed("is unknown here", path);
    return id as string;
  };
  return [
    {
      ...common,
      name: "jobs.get",
      route: { method: "GET", path: "/jobs/{id}", summary: "How a job stands; only for who started it." },
      refusals: ["UNKNOWN_JOB"],
      run: async ({ input, actor }) => ({ job: jobs.get(idOf(input), actor) }),
    },
    {
      ...common,
      name: "jobs.cancel",
      route: { method: "DELETE", path: "/jobs/{id}", summary: "Tells a job to end. What it did by then stays." },
      refusals: ["UNKNOWN_JOB", "INVALID_STATE"],
      run: async ({ input, actor }) => ({ job: jobs.cancel(idOf(input), actor) }),
    },
    {
      ...common,
      name: "jobs.file",
      route: { method: "GET", path: "/jobs/{id}/file", summary: "The file a job made." },
      answers: { type: "string", contentMediaType: "application/octet-stream" },
      refusals: ["UNKNOWN_JOB", "INVALID_STATE"],
      run: async ({ input, actor }) => jobs.file(idOf(input), actor),
    },
  ];
}
