import type { Product } from "@onhand/core";

/** The code printed on a label, as images that need nothing else. */
export interface LabelCodes {
  readonly barcode: string;
  readonly qr: string;
  /** What the bars say. */
  readonly text: string;
}

/** Draws a product's codes: its barcode as EAN-13 where it is one, else as Code 128; without one, its SKU. The QR code is what a scan field takes. */
export async function drawLabel({ sku, barcode }: Product): Promise<LabelCodes> {
  const { code128, drawingSVG, ean13, qrcode } = await import("bwip-js/browser");
  const text = barcode ?? sku;
  const draw = isEan13(text) ? ean13 : code128;
  const bars = draw({ bcid: isEan13(text) ? "ean13" : "code128", text, includetext: true, height: 14 }, drawingSVG());
  return { text, barcode: asImage(bars), qr: asImage(qrcode({ bcid: "qrcode", text }, drawingSVG())) };
}

const asImage = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`;

/** Thirteen digits, of which the last checks the others. */
export function isEan13(text: string): boolean {
  if (!/^\d{13}$/u.test(text)) return false;
  const sum = Array.from(text, Number).reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
