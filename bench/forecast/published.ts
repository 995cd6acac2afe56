/** Accuracy others have published, by data set and method. */
export interface Published {
  readonly mase: number;
  readonly rmsse?: number;
  readonly bias?: number;
}

/** Godahewa and others (2021), arXiv:2105.06643, Table 2: all series, gaps as 0, forecasts rounded. */
export const carpartsRounded: Readonly<Record<string, Published>> = { ses: { mase: 0.897 }, theta: { mase: 0.914 } };

/** GIFT-Eval: series without gaps, forecasts as they are. */
export const carpartsComplete: Readonly<Record<string, Published>> = { naive: { mase: 1.2125 }, seasonalNaive: { mase: 1.2015 } };

/** The intermittent-demand literature on AUTO: one step ahead, 17 months to fit and 7 to test. */
export const auto: Readonly<Record<string, Published>> = {
  croston: { mase: 0.886, rmsse: 0.833, bias: -0.02 },
  sba: { mase: 0.875, rmsse: 0.83, bias: 0.04 },
  tsb: { mase: 0.888, rmsse: 0.836, bias: -0.02 },
  ses: { mase: 0.876, rmsse: 0.829, bias: 0.01 },
  movingAverage: { mase: 0.874, rmsse: 0.826, bias: 0.01 },
  zero: { mase: 1.159, rmsse: 1.172, bias: 1.01 },
};
