import { lookUp } from "./dictionary.ts";
import { singular } from "./plural.ts";

/** A line of business: what its things look like there, and what it usually keeps besides what was named. */
export interface Domain {
  id: string;
  /** Any of these in the description means this business. Whole words, singular. */
  words: readonly string[];
  /** Columns that differ from the dictionary's. */
  columns?: Readonly<Record<string, string>>;
  /** Tables that come along when all of `with` are there, and why, for the person to read. */
  companions?: readonly { table: string; with: readonly string[]; because: string }[];
  /** The tables when the description names the business and nothing else. */
  usual: readonly string[];
}

const domains: readonly Domain[] = [
  {
    id: "restaurant",
    words: ["restaurant", "cafe", "café", "bistro", "bar", "pub", "diner", "dining"],
    usual: ["tables", "reservations", "waitlist"],
  },
  {
    id: "property",
    words: ["property", "landlord", "letting", "real estate", "tenant", "lease"],
    companions: [{ table: "payments", with: ["leases"], because: "rent is paid for each lease" }],
    usual: ["properties", "tenants", "leases", "maintenance"],
  },
  {
    id: "gym",
    words: ["gym", "fitness", "yoga", "crossfit", "pilates", "membership"],
    columns: { payments: ">members! amount! date plan" },
    companions: [
      { table: "enrollments", with: ["members", "classes"], because: "members take part in classes" },
      { table: "payments", with: ["members", "classes"], because: "members pay for their plan" },
    ],
    usual: ["members", "classes", "attendance"],
  },
  {
    id: "events",
    words: ["event", "wedding", "conference", "party"],
    companions: [
      { table: "events", with: ["guests", "vendors"], because: "guests and vendors belong to an event" },
      { table: "tasks", with: ["events"], because: "an event is planned as a list of tasks" },
    ],
    usual: ["events", "guests", "vendors", "expenses"],
  },
  {
    id: "clinic",
    words: ["clinic", "patient", "medical", "doctor", "dental", "dentist", "hospital", "practice"],
    companions: [
      { table: "prescriptions", with: ["records"], because: "a record may lead to a prescription" },
    ],
    usual: ["patients", "appointments", "records"],
  },
  {
    id: "inventory",
    words: ["inventory", "warehouse", "stock"],
    columns: { products: "sku* name! category:text quantity~0 min_stock~0 location" },
    companions: [
      { table: "order_items", with: ["purchase_orders", "products"], because: "an order lists products" },
      { table: "stock_movements", with: ["products", "suppliers"], because: "stock goes in and out" },
    ],
    usual: ["products", "suppliers", "purchase_orders"],
  },
  {
    id: "crm",
    words: ["crm", "customer relationship", "sales team"],
    usual: ["customers", "deals", "tasks"],
  },
  {
    id: "workshop",
    words: ["repair shop", "garage", "mechanic", "workshop"],
    usual: ["customers", "repairs", "invoices"],
  },
  {
    id: "school",
    words: ["school", "university", "academy", "kindergarten"],
    usual: ["students", "teachers", "courses", "enrollments", "grades"],
  },
  {
    id: "library",
    words: ["library"],
    columns: {
      rentals: ">members|@buyer! >books|@item! start_date! due_date returned_on status=out|returned|late",
    },
    usual: ["books", "members", "loans"],
  },
  {
    id: "hotel",
    words: ["hotel", "hostel", "guesthouse", "bed and breakfast"],
    columns: {
      guests: "name! email phone address notes",
      reservations:
        ">guests|@buyer! >rooms|@item! check_in:date! check_out:date! status=booked|checked_in|checked_out|cancelled price",
    },
    usual: ["rooms", "guests", "reservations"],
  },
  {
    id: "shop",
    words: ["shop", "store", "boutique", "webshop", "retail"],
    usual: ["customers", "products", "sales"],
  },
  {
    id: "vet",
    words: ["vet", "veterinary", "pet", "kennel"],
    usual: ["owners", "pets", "appointments", "vaccinations"],
  },
  {
    id: "salon",
    words: ["salon", "barber", "spa", "hairdresser"],
    usual: ["customers", "services", "appointments"],
  },
  { id: "helpdesk", words: ["helpdesk", "help desk", "support"], usual: ["customers", "tickets"] },
  {
    id: "projects",
    words: ["project", "agency", "freelance", "freelancer"],
    usual: ["customers", "projects", "tasks", "invoices"],
  },
  { id: "recruiting", words: ["recruiting", "recruitment", "hiring", "hr"], usual: ["jobs", "candidates"] },
];

/** The line of business that these words speak of: the first in the list that fits. */
export const domainIn = (words: readonly string[]): Domain | undefined => {
  const padded = ` ${words.map((word) => singular(word)).join(" ")} `;
  return domains.find((domain) => domain.words.some((word) => padded.includes(` ${word} `)));
};

/** Whether these words name a kind of business, such as “restaurants”, rather than things that one keeps. */
export const isBusiness = (words: readonly string[]): boolean =>
  domainIn(words) !== undefined && lookUp(words.join(" ")) === undefined;
