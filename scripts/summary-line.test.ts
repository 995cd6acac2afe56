import { describe, expect, it } from "vitest";
import { summaryLine } from "./summary-line";

const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 0, testResults: [] };

describe("the last line of CI", () => {
  it("counts what passed and what failed", () => {
    expect(summaryLine(report)).toBe("3 passed, 1 failed");
  });

  it("names skipped tests only when there are some", () => {
    expect(summaryLine({ ...report, numPendingTests: 2 })).toBe("3 passed, 1 failed, 2 skipped");
  });

  it("counts a file that could not be loaded as a failure", () => {
    const testResults = [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{}] },
    ];
    expect(summaryLine({ ...report, testResults })).toBe("3 passed, 2 failed");
  });
});
