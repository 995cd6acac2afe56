export {
  errorCodes,
  type InputIssue,
  type InventoryErrorCode,
  type InventoryErrorDetails,
  type InventoryErrorDetailsByCode,
  type LineRefusal,
} from "./codes";
export { InventoryError, isInventoryError, type Refusal, refusalError, refuse } from "./inventory-error";
