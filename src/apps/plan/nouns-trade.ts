import type { Noun } from "./noun.ts";

/** Goods, and what is done with them: sold, lent, repaired, paid. */
export const trade: readonly Noun[] = [
  {
    key: "products",
    means: [
      "inventory",
      "product inventory",
      "stock",
      "stock level",
      "stock item",
      "goods",
      "merchandise",
      "product catalogue",
      "product catalog",
    ],
    like: ["item", "article", "spare part", "part", "material", "accessory", "supply"],
    columns: "name! sku brand model price cost stock:integer~0 min_stock~0 category:text",
    role: "item",
  },
  {
    key: "bikes",
    like: [
      "bicycle",
      "e-bike",
      "ebike",
      "scooter",
      "kayak",
      "boat",
      "surfboard",
      "canoe",
      "skateboard",
      "ski",
    ],
    columns: "name! brand model size serial_number price status=available|rented|in_repair|sold notes",
    role: "item",
  },
  {
    key: "cars",
    like: ["vehicle", "van", "truck", "motorcycle", "motorbike", "automobile", "bus"],
    columns:
      "name! make model year:integer licence_plate mileage price status=available|in_use|in_repair|sold notes",
    role: "item",
  },
  {
    key: "devices",
    like: [
      "phone",
      "cellphone",
      "laptop",
      "computer",
      "machine",
      "tool",
      "printer",
      "camera",
      "instrument",
      "asset",
      "equipment",
      "appliance",
    ],
    columns: "name! brand model serial_number purchase_date status=in_use|available|in_repair|retired notes",
    role: "item",
  },
  {
    key: "services",
    like: ["treatment", "offering"],
    columns: "name! description duration_minutes price",
    role: "item",
  },
  {
    key: "books",
    like: ["title", "magazine", "film", "movie", "game", "comic"],
    columns: "title! author isbn genre year copies status=available|on_loan|lost notes",
    role: "item",
  },
  { key: "categories", like: ["genre", "tag", "department"], columns: "name! description" },
  { key: "warehouses", like: ["store", "branch", "location", "depot"], columns: "name! address phone notes" },
  {
    key: "sales",
    columns:
      ">customers|@buyer! >products|@item! quantity~1! unit_price total payment=cash|card|transfer notes",
  },
  {
    key: "repairs",
    means: ["repair job", "repair order", "repair ticket"],
    like: ["work order", "service job"],
    columns:
      ">customers|@buyer! >bikes|cars|devices|=device! brand model problem! diagnosis solution status=received|diagnosing|repairing|ready|delivered price received_at completed_at",
    role: "job",
  },
  {
    key: "orders",
    means: ["customer order"],
    like: ["web order", "bulk order"],
    columns:
      "number:text! >customers|@buyer status=new|paid|packed|shipped|delivered|cancelled total order_date notes",
    role: "job",
  },
  {
    key: "purchase_orders",
    means: ["purchase order", "purchase"],
    columns: "number:text! >suppliers! status=draft|ordered|received|cancelled total ordered_on",
  },
  {
    key: "order_items",
    means: ["order item", "order line", "line item"],
    columns: ">purchase_orders|orders! >products|@item! quantity~1! unit_price",
  },
  {
    key: "stock_movements",
    means: ["stock movement", "inventory movement"],
    columns: ">products|@item! type=in|out|correction quantity! reason:text date",
  },
  {
    key: "rentals",
    like: ["loan", "lending", "hire", "checkout"],
    columns:
      ">customers|@buyer|@staff! >bikes|cars|@item! start_date! due_date returned_on price status=reserved|out|returned|late notes",
    role: "job",
  },
  {
    key: "returns",
    columns: ">orders|sales|@item! reason status=requested|received|refunded|refused amount",
  },
  {
    key: "quotes",
    like: ["estimate", "proposal", "offer"],
    columns:
      "number:text! >customers|@buyer! title amount valid_until status=draft|sent|accepted|refused notes",
    role: "job",
  },
  {
    key: "invoices",
    like: ["bill"],
    columns:
      "number:text! >customers|@buyer >orders|projects amount! issue_date due_date status=draft|sent|paid|overdue notes",
    role: "job",
  },
  {
    key: "payments",
    means: ["fee", "membership fee"],
    columns: ">leases|invoices|orders|@buyer amount! date method=cash|card|transfer status=due|paid|late",
  },
  {
    key: "expenses",
    means: ["budget", "cost", "spending"],
    columns: ">events|projects category:text! description amount! paid",
  },
  {
    key: "subscriptions",
    like: ["contract"],
    columns: ">customers|@buyer! plan:text! price start_date end_date status=active|paused|cancelled",
  },
  {
    key: "deals",
    means: ["opportunity", "sales pipeline", "pipeline"],
    columns:
      "name! >companies|@buyer value:decimal stage=lead|qualified|proposal|won|lost expected_on:date notes",
    role: "job",
  },
  { key: "donations", columns: ">donors|@buyer! amount! date method=cash|card|transfer notes" },
  {
    key: "deliveries",
    like: ["shipment", "pickup"],
    columns: ">orders|@buyer! address! date status=planned|on_the_way|delivered|failed >@staff notes",
    role: "job",
  },
  { key: "reviews", like: ["testimonial"], columns: ">@item|@buyer rating text date" },
  {
    key: "promotions",
    like: ["coupon", "voucher", "discount"],
    columns: "code:text!* description percent valid_until active",
  },
];
