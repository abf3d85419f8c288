package io.gatehouse.job;

/** The job is being run already. The message says by whom. */
public final class JobBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JobBusyException(String job, String runner) {
        super("%s is being run by %s; try again when that has ended, or ten seconds after it was killed"
                .formatted(job, runner));
    }
}
