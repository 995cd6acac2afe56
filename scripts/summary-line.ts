type FileResult = { readonly status: string; readonly assertionResults: readonly unknown[] };
type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly FileResult[];
};

/** The one line a CI reader looks for, from vitest's JSON report. A file that could not even be loaded counts as one failure. */
export const summaryLine = (report: Report): string => {
  const broken = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0).length;
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  return `${report.numPassedTests} passed, ${report.numFailedTests + broken} failed${skipped}`;
};
