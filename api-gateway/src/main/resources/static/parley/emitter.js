/** Tells listeners; one that throws keeps nothing from the others. */
export class Emitter {
    #listeners = new Map();
    /** @return ends it */
    on(name, listener) {
        const all = this.#listeners.get(name) ?? new Set();
        this.#listeners.set(name, all.add(listener));
        return () => all.delete(listener);
    }
    emit(name, value) {
        for (const listener of this.#listeners.get(name) ?? []) {
            try {
                listener(value);
            }
            catch (error) {
                // Where what nobody has caught is shown.
                if (typeof reportError === 'function')
                    reportError(error);
                else
                    console.error(error);
            }
        }
    }
}
