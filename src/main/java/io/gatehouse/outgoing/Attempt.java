package io.gatehouse.outgoing;

/** How an attempt ended. */
sealed interface Attempt {

    /** The answer, or the failure thrown. */
    Answer orThrow();

    /** For metrics: the class of the status, or the reason. */
    String outcome();

    /** With an answer of any status. */
    record Answered(Answer answer) implements Attempt {

        @Override
        public Answer orThrow() {
            return answer;
        }

        @Override
        public String outcome() {
            return answer.status() / 100 + "xx";
        }
    }

    /** Without a usable one. */
    record Failed(OutgoingException failure) implements Attempt {

        @Override
        public Answer orThrow() {
            throw failure;
        }

        @Override
        public String outcome() {
            return failure.reason().text();
        }
    }
}
