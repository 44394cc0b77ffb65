/** One state for the whole page, and who has to know when which part of it changes. */

/**
 * @template {object} State
 */
export class Store {
  /** @param {State} initial */
  constructor(initial) {
    /** @type {Readonly<State>} */
    this.state = initial;
    /** @type {{keys: Set<keyof State>, tell: (state: Readonly<State>) => void}[]} */
    this.listeners = [];
  }

  /**
   * Change some parts. Whoever listens to one that is now another value is told once, after all of them changed.
   * @param {Partial<State>} changes
   */
  set(changes) {
    const before = this.state;
    this.state = { ...before, ...changes };
    const changed = /** @type {(keyof State)[]} */ (Object.keys(changes)).filter((k) => before[k] !== this.state[k]);
    if (changed.length === 0) return;
    for (const { keys, tell } of this.listeners) if (changed.some((k) => keys.has(k))) tell(this.state);
  }

  /**
   * Be told now, and whenever one of these parts changes.
   * @param {(keyof State)[]} keys
   * @param {(state: Readonly<State>) => void} tell
   */
  on(keys, tell) {
    this.listeners.push({ keys: new Set(keys), tell });
    tell(this.state);
  }
}
