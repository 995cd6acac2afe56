import type { Preset } from "./preset";

/** Places of OpenBoxes, shelves included. Suppliers and customers hold no stock of ours. */
export const openBoxesLocations: Preset = {
  name: "openboxes-locations",
  kinds: ["stores"],
  requires: ["name", "locationType", "locationNumber"],
  fields: { storeId: ["locationNumber", "name"], storeName: ["name"], storeKind: ["locationType"] },
  ignore: [
    { columns: ["locationType"], is: ["supplier", "customer", "donor", "patient"], because: "a place whose stock is not ours" },
    { columns: ["active"], is: ["false"], because: "not in use" },
  ],
  storeKinds: { depot: "warehouse", "bin location": "warehouse", "internal location": "warehouse", dispensary: "store", ward: "store" },
  writes: {
    stores: [
      ["name", "storeName"],
      ["active", { text: "TRUE" }],
      ["locationType", "storeKind"],
      ["locationNumber", "storeId"],
    ],
  },
};
