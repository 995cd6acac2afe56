/** The form of a SKU that is unique: two SKUs that differ only in case are one. */
export const skuKeyOf = (value: string): string => (plain.test(value) ? value.toLowerCase() : foldCase(value));

const plain = /^[ -~]*$/;

/** One case is not enough: Σ has two small forms and ß becomes two capitals. There and back, all forms meet. */
const foldCase = (value: string): string => value.toLowerCase().toUpperCase().toLowerCase().normalize("NFC");
