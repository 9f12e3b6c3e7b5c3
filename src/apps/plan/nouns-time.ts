import type { Noun } from "./noun.ts";

/** Places, dates, and work that is planned and followed. */
export const time: readonly Noun[] = [
  {
    key: "tables",
    means: ["dining table", "restaurant table"],
    columns: "number:text! capacity location status=available|occupied|reserved",
    role: "item",
  },
  {
    key: "reservations",
    like: ["booking"],
    columns:
      "guest_name! phone party_size date! time >tables|rooms|@item status=booked|seated|done|cancelled",
    role: "job",
  },
  {
    key: "waitlist",
    means: ["wait list", "waiting list"],
    columns: "guest_name! phone party_size added_at estimated_wait:integer",
  },
  {
    key: "rooms",
    like: ["desk", "court", "cabin", "suite", "site", "pitch"],
    columns: "name! capacity floor price status=available|occupied|cleaning notes",
    role: "item",
  },
  {
    key: "properties",
    means: ["rental property", "rental unit"],
    like: ["apartment", "flat", "building", "house", "real estate", "listing"],
    columns:
      "address:text! type=apartment|house|office|shop bedrooms bathrooms rent status=vacant|rented|in_renovation",
    role: "item",
  },
  {
    key: "leases",
    means: ["rental agreement", "tenancy"],
    columns: ">properties|@item! >tenants|@buyer! start_date! end_date rent! deposit",
    role: "job",
  },
  {
    key: "maintenance",
    means: ["maintenance request", "maintenance ticket", "maintenance job"],
    columns:
      ">properties|@item >tenants issue! priority=low|normal|high|urgent status=reported|scheduled|in_progress|done assigned_to",
    role: "job",
  },
  {
    key: "classes",
    means: ["class schedule", "gym class", "yoga class"],
    like: ["lesson", "workshop"],
    columns:
      "name! instructor day=Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday time capacity room",
    role: "item",
  },
  {
    key: "courses",
    like: ["training", "program", "programme"],
    columns: "title! description >teachers|@staff start_date end_date capacity price",
    role: "item",
  },
  {
    key: "enrollments",
    means: ["enrolment", "enrollment", "registration", "class booking"],
    columns: ">members|students|@buyer! >classes|courses|@item! enrolled_at",
  },
  {
    key: "attendance",
    means: ["check-in", "attendance record"],
    columns: ">members|students|employees|@buyer! >classes|courses check_in! check_out",
  },
  { key: "grades", like: ["mark", "exam result"], columns: ">students! >courses|classes! grade! date notes" },
  {
    key: "events",
    like: ["conference", "wedding", "party", "concert", "show", "meetup"],
    columns: "name! date! venue budget status=planning|confirmed|done|cancelled",
    role: "item",
  },
  { key: "venues", columns: "name! address capacity contact price", role: "item" },
  {
    key: "tasks",
    means: ["to-do", "todo", "to do", "checklist", "task list", "todo list"],
    like: ["chore", "assignment", "action item"],
    columns:
      ">events|projects|deals task! assignee due_date priority=low|normal|high status=to_do|doing|done",
    role: "job",
  },
  {
    key: "projects",
    like: ["campaign", "job site"],
    columns: "name! >customers|@buyer start_date deadline budget status=planned|active|on_hold|done notes",
    role: "job",
  },
  { key: "milestones", like: ["phase", "sprint"], columns: ">projects! name! due_date status=open|reached" },
  {
    key: "tickets",
    means: ["support request", "support ticket", "helpdesk"],
    like: ["issue", "bug", "complaint", "incident", "request", "case"],
    columns:
      "subject! >customers|@buyer description priority=low|normal|high|urgent status=open|in_progress|waiting|solved assignee",
    role: "job",
  },
  {
    key: "timesheets",
    means: ["time entry", "time tracking", "hour", "working hour"],
    columns: ">employees|@staff >projects|@job date! hours! description",
  },
  {
    key: "shifts",
    like: ["rota", "roster"],
    columns: ">employees|@staff! date! start_time end_time position:text",
  },
  {
    key: "appointments",
    means: ["doctor appointment"],
    like: ["visit", "consultation", "session", "viewing", "inspection"],
    columns:
      ">patients|pets|customers|@buyer! >doctors|@staff >services date! time reason status=booked|arrived|done|cancelled",
    role: "job",
  },
  { key: "meetings", columns: "title! date! time place notes", role: "job" },
  {
    key: "records",
    means: ["medical record", "patient record", "health record", "treatment record"],
    columns: ">patients|@buyer! date! diagnosis! treatment notes doctor",
  },
  { key: "prescriptions", columns: ">records|patients|@buyer! medication! dosage duration" },
  { key: "vaccinations", columns: ">pets|patients|@buyer! vaccine! date next_date" },
  {
    key: "pets",
    like: ["animal", "dog", "cat", "horse"],
    columns: "name! species breed dob:date >owners|customers|@buyer notes",
    role: "item",
  },
  {
    key: "plants",
    like: ["crop", "tree", "flower", "seed"],
    columns: "name! variety location planted_on last_watered_on notes",
    role: "item",
  },
  {
    key: "recipes",
    like: ["dish", "menu item", "meal"],
    columns: "name! ingredients instructions servings minutes category price",
    role: "item",
  },
  { key: "ingredients", columns: "name! unit stock min_stock price", role: "item" },
  { key: "interviews", columns: ">candidates|@buyer! >jobs date! time interviewer result:text notes" },
  {
    key: "feedback",
    means: ["customer feedback"],
    like: ["suggestion"],
    columns: ">customers|@buyer subject! message! rating date status=new|read|answered",
  },
  {
    key: "albums",
    means: ["record collection", "vinyl", "vinyl record", "music collection"],
    columns: "title! artist year genre format notes",
    role: "item",
  },
  {
    key: "documents",
    means: ["file"],
    like: ["policy", "certificate", "licence", "license"],
    columns: "title! type:text date url notes",
  },
  { key: "notes", like: ["journal", "diary", "idea", "memo"], columns: "title! text date" },
  {
    key: "articles",
    means: ["blog", "blog post", "post"],
    columns: "title! author text status=idea|draft|review|published published_on",
  },
  {
    key: "jobs",
    means: ["vacancy", "job opening", "job"],
    columns: "title! department location salary:text status=open|on_hold|filled description",
    role: "job",
  },
  {
    key: "trips",
    like: ["tour", "journey", "route", "excursion"],
    columns: "name! >cars >@staff destination start_date end_date price capacity notes",
    role: "item",
  },
  { key: "workouts", like: ["exercise"], columns: "name! date minutes weight notes" },
  { key: "matches", like: ["fixture", "tournament"], columns: "opponent! date! location result:text notes" },
  {
    key: "goals",
    like: ["habit", "objective"],
    columns: "name! description deadline status=open|reached|dropped",
  },
];
