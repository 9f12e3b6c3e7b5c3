import type { Template } from "./template.ts";

/** Goods, work and money. */
export const business: readonly Template[] = [
  {
    id: "cellphone-crm",
    title: "Cellphone store CRM",
    text: `Customers (name needed, phone, email, address, notes, spent = sum(sales.total)).
Products (name needed, sku unique, brand, model, price, delivered: whole number = sum(deliveries.quantity), sold: whole number = sum(sales.quantity), stock: whole number = delivered - sold, min stock starting at 2).
Deliveries (product needed, quantity needed, unit cost, delivered on needed starting with today).
Sales (customer, product needed, quantity needed starting at 1, unit price needed, payment: cash / card / transfer, sold on needed starting with today, total = quantity * unit_price).
Repairs (customer needed, device needed, problem needed, diagnosis, price, status: received / diagnosing / repairing / ready / collected, received at starting with now, collected on).
Rule for products: stock >= 0, else "There is not enough in stock."
Rule for sales: quantity > 0, else "Sell at least one."
Rule for deliveries: quantity > 0, else "A delivery brings at least one."
Rule for repairs: status moves received > diagnosing > repairing > ready > collected, repairing > diagnosing, else "A repair goes on step by step."
Rule for repairs: status to collected sets collected_on = today()`,
  },
  {
    id: "inventory",
    title: "Inventory",
    text: `Suppliers (name needed, contact, email, phone, address).
Products (name needed, sku needed unique, supplier, location, received: whole number = sum(order_items.quantity, purchase_order.status = 'received'), moved: whole number = sum(stock_movements.quantity, type = 'in') - sum(stock_movements.quantity, type = 'out'), stock: whole number = received + moved, min stock starting at 5).
Purchase orders (number: text needed unique, supplier needed, ordered on starting with today, status: draft / ordered / received / cancelled, total = sum(order_items.amount)).
Order items (purchase order needed, product needed, quantity needed starting at 1, unit price needed, amount = quantity * unit_price).
Stock movements (product needed, type: in / out, quantity needed, reason, moved on starting with today).
Rule for products: stock >= 0, else "There is not enough in stock."
Rule for order items: unique purchase_order_id, product_id, else "This order has this product already."
Rule for order items: quantity > 0, else "Order at least one."
Rule for stock movements: quantity > 0, else "Move at least one."`,
  },
  {
    id: "invoices",
    title: "Invoices",
    text: `Customers (name needed, email, address, owes = sum(invoices.left)).
Invoices (number: text needed unique, customer needed, issued on needed starting with today, due on, total = sum(invoice_lines.amount), received: decimal = sum(payments.amount), left: decimal = total - received, overdue: yes or no = left > 0 and due_on < today()).
Invoice lines (invoice needed, description: text needed, quantity: decimal needed starting at 1, unit price needed, tax percent starting at 0, amount = quantity * unit_price * (1 + tax_percent / 100)).
Payments (invoice needed, amount needed, received on needed starting with today, method: transfer / card / cash).
Rule for invoices: received <= total, else "More would be paid than the invoice is for."
Rule for invoices: due_on >= issued_on, else "An invoice is not due before it is issued."
Rule for payments: amount > 0, else "A payment is more than nothing."`,
  },
  {
    id: "projects",
    title: "Projects and hours",
    text: `Customers (name needed, email, phone).
Projects (name needed, customer, start date starting with today, deadline, budget hours, spent hours = sum(time_entries.hours), left hours = budget_hours - spent_hours, status: planned / active / done).
Tasks (project needed, title needed, assignee, due date, priority: low / normal / high, status: to do / doing / done).
Time entries (project needed, person needed, date needed starting with today, hours needed, description).
Rule for projects: spent_hours <= budget_hours, else "The hours of this project are used up."
Rule for projects: deadline >= start_date, else "A project does not end before it begins."
Rule for time entries: hours > 0 and hours <= 24, else "A day has 24 hours."`,
  },
  {
    id: "equipment-rental",
    title: "Equipment rental",
    text: `Customers (name needed, phone, email, address).
Equipment (name needed, serial number unique, price per day: decimal needed, condition, lent now: whole number = count(rentals, status = 'out')).
Rentals (customer needed, equipment needed, from date needed starting with today, until date needed, status: reserved / out / returned / cancelled, length: whole number = days(from_date, until_date), price = length * equipment.price_per_day).
Rule for rentals: no overlap per equipment from from_date until until_date when status != 'cancelled' and status != 'returned', else "It is rented in these days."
Rule for rentals: until_date > from_date, else "A rental lasts a day at least."
Rule for rentals: status moves reserved > out > returned, reserved > cancelled, else "A rental cannot go back."`,
  },
  {
    id: "help-desk",
    title: "Help desk",
    text: `Customers (name needed, email needed unique, company).
Tickets (subject needed, customer needed, description, priority: low / normal / high / urgent, status: open / in progress / waiting / solved, opened at starting with now, answers: whole number = count(replies)).
Replies (ticket needed, author needed, message needed, written at starting with now).
Rule for tickets: status moves open > in progress > waiting > in progress > solved > open, open > solved, else "A ticket cannot go there."
Rule for tickets: status != 'solved' or answers > 0, else "Answer the customer before the ticket is solved."`,
  },
  {
    id: "property-manager",
    title: "Property manager",
    text: `Properties (address: text needed unique, type: apartment / house / office / shop, bedrooms, rent needed, leases running: whole number = count(leases, status = 'running')).
Tenants (name needed, phone, email, emergency contact).
Leases (property needed, tenant needed, start date needed, end date, rent needed, deposit, status: running / ended, paid: decimal = sum(payments.amount)).
Payments (lease needed, amount needed, paid on needed starting with today, for month).
Maintenance requests (property needed, tenant, issue needed, priority: low / normal / high / urgent, status: reported / scheduled / in progress / done, assigned to, cost).
Rule for leases: no overlap per property from start_date until end_date, else "The property is let at that time."
Rule for leases: end_date > start_date, else "A lease does not end before it begins."
Rule for payments: amount > 0, else "A payment is more than nothing."`,
  },
];
