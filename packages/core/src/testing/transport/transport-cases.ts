import { commandCases } from "./cases/commands";
import { frameCases } from "./cases/frames";
import { joiningCases } from "./cases/joining";
import { linkCases } from "./cases/links";
import { liveCases } from "./cases/live";
import { lossCases } from "./cases/losses";
import { openingCases } from "./cases/opening";
import { permissionCases } from "./cases/permissions";
import { resumingCases } from "./cases/resuming";
import { scheduleCases } from "./cases/schedules";
import type { TransportCase } from "./handle";

/** Every promise of a transport and its server, as data. docs/contracts/transport.md is made of it. */
export const transportCases: readonly TransportCase[] = [
  ...openingCases,
  ...frameCases,
  ...joiningCases,
  ...liveCases,
  ...lossCases,
  ...resumingCases,
  ...linkCases,
  ...commandCases,
  ...permissionCases,
  ...scheduleCases,
];
