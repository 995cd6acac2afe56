import { InventoryError } from "@onhand/core";
import * as z from "zod";

/** The classic system took numbers as text too, and cut off what stood behind the point; the first is kept, the second refused. */
const wholeNumber = (minimum: number, message: string) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^\d{1,16}$/u)
          .transform(Number),
      ],
      "must be a whole number",
    )
    .pipe(z.int("must be a whole number").min(minimum, message));

const productId = z.string().trim().min(1, "must not be empty").max(64, "must have at most 64 characters").toUpperCase();

export const updateStock = z.object({
  product_id: productId,
  quantity: wholeNumber(1, "must be greater than 0"),
  action: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["add", "sell"], "must be 'add' or 'sell'")),
});

export const addProduct = z.object({
  product_id: productId,
  initial_quantity: wholeNumber(0, "must not be negative").default(0),
});

const jsonType = /^application\/json\b/iu;

/**
 * What a caller sent, checked. Fields the classic system did not know are let pass, as it did.
 *
 * @throws {@link InventoryError} `INVALID_INPUT` with an issue for each field that is missing or wrong.
 */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  // A page of another site can send text without asking, but not this.
  if (!jsonType.test(request.headers.get("Content-Type") ?? "")) throw malformed("send Content-Type: application/json");
  const parsed = schema.safeParse(parseJson(await request.text()));
  if (parsed.success) return parsed.data;
  throw new InventoryError("INVALID_INPUT", {
    issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed("the body must be JSON", error);
  }
}

const malformed = (message: string, cause?: unknown) => new InventoryError("INVALID_INPUT", { issues: [{ path: "", message }] }, { cause });
