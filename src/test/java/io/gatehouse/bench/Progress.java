package io.gatehouse.bench;

/** Says on the standard error how far the benchmarks are; the standard output is for results. Stateless. */
final class Progress {

    private static final int STEPS = 4;

    private Progress() {}

    static void say(String text) {
        System.err.println("bench: " + text);
    }

    /** One line for each quarter of work that takes a while. */
    static void show(String what, int before, int done, int all) {
        if (all >= 100_000 && (long) before * STEPS / all != (long) done * STEPS / all) {
            say("  %,d of %,d %s".formatted(done, all, what));
        }
    }
}
