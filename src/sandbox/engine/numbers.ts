/** Numbers for new things: unique in the whole sandbox, and the same on every run. */
export interface Numbers {
  position(): number
  order(): number
  deal(): number
  cashFlow(): number
  bonus(): number
  clientOrder(): string
}
