package io.gatehouse.job;

/** What became of a run. */
enum Outcome {
    RUNNING("running"),
    COMPLETED("completed"),
    FAILED("failed"),
    /** Over its time limit. */
    TIMED_OUT("timed-out"),
    /** Its replica was told to stop. */
    STOPPED("stopped"),
    /** Its replica was gone, or hung, when the lease ended. */
    LOST("lost");

    private final String text;

    Outcome(String text) {
        this.text = text;
    }

    /** As it stands in the history. */
    String text() {
        return text;
    }
}
