import type { Template } from "./template.ts";

/** People, time and places. */
export const people: readonly Template[] = [
  {
    id: "restaurant-reservations",
    title: "Restaurant reservations",
    text: `Tables (number: text needed unique, seats needed, location).
Reservations (guest name needed, phone, party size needed, table needed, starts at needed, ends at needed, status: booked / seated / done / cancelled).
Waitlist (guest name needed, phone, party size needed, added at starting with now, estimated wait: number, status: waiting / seated / left).
Rule for reservations: no overlap per table from starts_at until ends_at when status != 'cancelled', else "This table is taken at that time."
Rule for reservations: party_size <= table.seats, else "This table has not enough seats."
Rule for reservations: party_size > 0, else "Somebody has to come."
Rule for reservations: ends_at > starts_at, else "A reservation does not end before it begins."`,
  },
  {
    id: "gym-manager",
    title: "Gym manager",
    text: `Members (name needed, phone, email unique, membership: monthly / quarterly / yearly, start date starting with today, expiry date, paid: decimal = sum(payments.amount)).
Classes (name needed, instructor, day: Monday / Tuesday / Wednesday / Thursday / Friday / Saturday / Sunday, time: text, room, capacity needed, enrolled: whole number = count(enrollments), free places: whole number = capacity - enrolled).
Enrollments (member needed, class needed, enrolled on starting with today).
Attendance (member needed, class, check in needed starting with now, check out).
Payments (member needed, amount needed, paid on needed starting with today).
Rule for classes: enrolled <= capacity, else "This class is full."
Rule for enrollments: unique member_id, class_id, else "This member is in this class already."
Rule for attendance: check_out >= check_in, else "Nobody leaves before they come."
Rule for members: expiry_date >= start_date, else "A membership does not end before it begins."`,
  },
  {
    id: "event-planner",
    title: "Event planner",
    text: `Events (name needed, date needed, venue, seats needed, budget, coming: whole number = count(guests, rsvp_status = 'accepted'), spending: decimal = sum(expenses.amount), left: decimal = budget - spending).
Guests (event needed, name needed, email, phone, rsvp status: invited / accepted / declined, dietary needs).
Vendors (name needed, service, contact, phone, email).
Expenses (event needed, vendor, description: text needed, amount needed, paid).
Tasks (event needed, title needed, assignee, due date, status: to do / doing / done).
Rule for events: coming <= seats, else "The venue has no more seats."
Rule for events: spending <= budget, else "That is more than the budget."
Rule for guests: unique event_id, email, else "This address is on the guest list already."`,
  },
  {
    id: "clinic-manager",
    title: "Clinic manager",
    text: `Patients (name needed, date of birth: date, phone, email, address, allergies, last visit: date = max(appointments.starts_at, status = 'done')).
Doctors (name needed, specialty, phone, email).
Appointments (patient needed, doctor needed, starts at needed, ends at needed, reason, status: booked / arrived / done / cancelled).
Medical records (patient needed, doctor, date needed starting with today, diagnosis needed, treatment: long text, notes).
Prescriptions (medical record needed, medication needed, dosage, days).
Rule for appointments: no overlap per doctor from starts_at until ends_at when status != 'cancelled', else "The doctor has another appointment then."
Rule for appointments: no overlap per patient from starts_at until ends_at when status != 'cancelled', else "The patient has another appointment then."
Rule for appointments: ends_at > starts_at, else "An appointment does not end before it begins."`,
  },
  {
    id: "library",
    title: "Library",
    text: `Books (title needed, author, isbn unique, copies needed starting at 1, lent: whole number = count(loans, returned_on = none), available: whole number = copies - lent).
Members (name needed, email unique, phone, borrowed: whole number = count(loans, returned_on = none)).
Loans (book needed, member needed, lent on needed starting with today, due date needed, returned on, overdue: yes or no = returned_on = none and due_date < today()).
Rule for books: lent <= copies, else "All copies of this book are lent."
Rule for members: borrowed <= 5, else "A member has at most five books at a time."
Rule for loans: due_date >= lent_on and or_else(returned_on >= lent_on, yes), else "A book does not come back before it is lent."`,
  },
  {
    id: "school",
    title: "School",
    text: `Students (name needed, email unique, phone, average: decimal = avg(grades.grade)).
Teachers (name needed, subject, email).
Courses (title needed, teacher, capacity needed, enrolled: whole number = count(enrollments), average: decimal = avg(grades.grade)).
Enrollments (student needed, course needed, enrolled on starting with today).
Grades (student needed, course needed, grade: decimal needed, date starting with today, notes).
Rule for courses: enrolled <= capacity, else "This course is full."
Rule for enrollments: unique student_id, course_id, else "This student is in this course already."
Rule for grades: grade >= 0 and grade <= 100, else "A grade is from 0 to 100."`,
  },
  {
    id: "recruiting",
    title: "Recruiting",
    text: `Jobs (title needed, department, openings needed starting at 1, hired: whole number = count(candidates, stage = 'hired'), status: open / on hold / filled).
Candidates (name needed, job needed, email needed, phone, stage: applied / interview / offer / hired / rejected, notes).
Interviews (candidate needed, interviewer needed, starts at needed, ends at needed, result: text, notes).
Rule for jobs: hired <= openings, else "All openings of this job are filled."
Rule for candidates: unique job_id, email, else "This candidate has applied for this job already."
Rule for candidates: stage moves applied > interview > offer > hired, applied > rejected, interview > rejected, offer > rejected, else "A candidate goes on step by step."
Rule for interviews: no overlap per interviewer from starts_at until ends_at, else "The interviewer has another interview then."
Rule for interviews: ends_at > starts_at, else "An interview does not end before it begins."`,
  },
  {
    id: "club",
    title: "Club",
    text: `Members (name needed, email needed unique, phone, joined on starting with today, yearly fee: decimal needed, received: decimal = sum(payments.amount), owes = yearly_fee - received).
Payments (member needed, amount needed, paid on needed starting with today).
Events (name needed, starts at needed, place, places: whole number needed, registered: whole number = count(registrations)).
Registrations (member needed, event needed, registered on starting with today).
Rule for members: received <= yearly_fee, else "More would be paid than the fee."
Rule for events: registered <= places, else "This event is full."
Rule for registrations: unique member_id, event_id, else "This member is registered already."
Rule for payments: amount > 0, else "A payment is more than nothing."`,
  },
];
