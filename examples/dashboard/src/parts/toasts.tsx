import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { Toaster } from "sonner";

const shownMs = 5_000;

/** Short news of one's own commands. Their list is a live region, so screen readers say them too. */
export function Toasts() {
  return (
    <Toaster
      position="bottom-right"
      mobileOffset={{ bottom: "4.5rem" }}
      duration={shownMs}
      visibleToasts={4}
      closeButton
      expand
      gap={8}
      icons={{ success: <CircleCheck size={18} />, warning: <TriangleAlert size={18} />, error: <CircleAlert size={18} /> }}
    />
  );
}
