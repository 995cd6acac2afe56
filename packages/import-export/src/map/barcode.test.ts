import { expect, it } from "vitest";
import { barcodeWarning, checkDigit } from "./barcode";

it.each(["4006381333931", "036000291452", "96385074", "00614141999996", "", "no barcode", "1234567"])(
  "%j is nothing to warn of",
  (barcode) => {
    expect(barcodeWarning(barcode)).toBeUndefined();
  },
);

it("tells the check digit that a GTIN should have", () => {
  expect(checkDigit("400638133393")).toBe(1);
  expect(barcodeWarning("4006381333932")).toEqual({
    code: "BARCODE_CHECK_DIGIT",
    message: "4006381333932 should end in 1, or a digit before is wrong",
  });
});

it("knows a barcode that a spreadsheet rounded", () => {
  expect(barcodeWarning("4.00638E+12")).toMatchObject({ code: "BARCODE_ROUNDED" });
});
