/** A description to begin with. */
export interface AppExample {
  /** Also the app's address. */
  id: string;
  title: string;
  description: string;
}

/** Seven requests as people write them. */
export const examples: readonly AppExample[] = [
  {
    id: "cellphone-crm",
    title: "Cellphone store CRM",
    description:
      "Create a CRM for my cellphone store with customer tracking, inventory, sales, and repair status",
  },
  {
    id: "restaurant-reservations",
    title: "Restaurant reservations",
    description: "Build a reservation system for my restaurant with table management and waitlist",
  },
  {
    id: "property-manager",
    title: "Property manager",
    description: "Create a system to manage rental properties with tenants, leases, and maintenance requests",
  },
  {
    id: "gym-manager",
    title: "Gym manager",
    description: "Build a gym membership system with class scheduling and attendance tracking",
  },
  {
    id: "event-planner",
    title: "Event planner",
    description: "Create an event planning tool with guest lists, vendors, and budget tracking",
  },
  {
    id: "clinic-manager",
    title: "Clinic manager",
    description: "Build a patient management system for a small clinic with appointments and medical records",
  },
  {
    id: "inventory",
    title: "Inventory",
    description: "Simple inventory tracking with suppliers, purchase orders, and stock alerts",
  },
];
