/** Whoever else asks has a turn: what is read and taken at once, again and again, would leave nobody one. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
