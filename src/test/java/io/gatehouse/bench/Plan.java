package io.gatehouse.bench;

/**
 * How long and how often is measured.
 *
 * @param pairs rounds of each of two servers, in turn
 * @param warmUpSeconds for each server, before the first round
 * @param roundSeconds of one round
 * @param connections of the load, unless a part says otherwise
 * @param quick whether this is the run for a minute and not the documented one
 */
record Plan(int pairs, int warmUpSeconds, int roundSeconds, int connections, boolean quick) {

    static Plan full() {
        return new Plan(5, 30, 15, 64, false);
    }

    static Plan shortened() {
        return new Plan(5, 6, 2, 64, true);
    }
}
