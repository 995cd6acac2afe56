/** One line of the classic file, and of every list the classic front end shows. */
export interface ClassicLine {
  readonly ProductID: string;
  readonly Quantity: number;
}

export const classicLine = (ProductID: string, Quantity = 0): ClassicLine => ({ ProductID, Quantity });
