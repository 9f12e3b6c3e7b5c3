/** What is wrong with what was sent, and in which field. */
export interface FormError {
  message: string;
  field?: string | null;
}
