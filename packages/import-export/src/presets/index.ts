import { amazonFba, amazonListings } from "./amazon";
import { classic } from "./classic";
import { odoo } from "./odoo";
import {
  onhandLevels,
  onhandMovements,
  onhandProducts,
  onhandPurchaseOrderLines,
  onhandPurchaseOrders,
  onhandStores,
  onhandSuppliers,
} from "./onhand";
import { openBoxesInventory } from "./openboxes-inventory";
import { openBoxesLocations } from "./openboxes-locations";
import { openBoxesProducts, openBoxesStockLevels, openBoxesSuppliers } from "./openboxes-products";
import type { Preset } from "./preset";
import {
  prestaShopCategories,
  prestaShopCombinations,
  prestaShopProducts,
  prestaShopSuppliers,
  prestaShopSupplyOrderDetails,
  prestaShopSupplyOrders,
} from "./prestashop";
import { shopifyInventoryLong, shopifyInventoryWide } from "./shopify-inventory";
import { shopifyProducts } from "./shopify-products";
import { square } from "./square";
import { wooCommerce } from "./woocommerce";

/**
 * Every format that is known by name, recognised by its header where none is named.
 *
 * @example
 * console.log(presets.map(({ name }) => name).join("\n"));
 */
export const presets: readonly Preset[] = [
  onhandProducts,
  onhandStores,
  onhandLevels,
  onhandMovements,
  onhandSuppliers,
  onhandPurchaseOrders,
  onhandPurchaseOrderLines,
  classic,
  shopifyProducts,
  shopifyInventoryLong,
  shopifyInventoryWide,
  wooCommerce,
  square,
  prestaShopProducts,
  prestaShopCombinations,
  prestaShopSuppliers,
  prestaShopSupplyOrders,
  prestaShopSupplyOrderDetails,
  prestaShopCategories,
  odoo,
  openBoxesProducts,
  openBoxesSuppliers,
  openBoxesStockLevels,
  openBoxesInventory,
  openBoxesLocations,
  amazonFba,
  amazonListings,
];
