/** Names a level in caches and protocols. Two different levels never have the same name. */
export const levelKey = (key: { readonly sku: string; readonly storeId: string }): string =>
  `${encodeURIComponent(key.sku)}/${encodeURIComponent(key.storeId)}`;
