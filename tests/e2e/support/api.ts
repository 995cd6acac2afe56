/** Calls the server's JSON API and expects it to agree. */
export async function api<T = unknown>(url: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${url}/api${path}`, {
    ...(body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Adds a product and puts some of it into a store. */
export async function stock(
  url: string,
  facts: { readonly sku: string; readonly name: string; readonly storeId: string; readonly quantity: number },
) {
  const { sku, name, storeId, quantity } = facts;
  await api(url, "/products", { sku, name, barcode: `99${sku.replaceAll(/\D/gu, "")}` });
  await api(url, "/stock/receive", { sku, storeId, quantity });
}
